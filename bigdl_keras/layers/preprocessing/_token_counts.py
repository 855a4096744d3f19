"""How often tokens occur, and in how many documents: what vocabularies are learnt from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np


class TokenCounts:
    """Counts of tokens seen batch by batch.

    Args:
        by_document: whether documents are counted too.
    """

    def __init__(self, by_document: bool) -> None:
        self._by_document = by_document
        self._occurrences: Counter[Any] = Counter()
        self._containing: Counter[Any] = Counter()
        self._documents = 0

    def __len__(self) -> int:
        return len(self._occurrences)

    def add(self, documents: Iterable[Sequence[Any]]) -> None:
        """Count the tokens of documents."""
        for tokens in documents:
            self._occurrences.update(tokens)
            if self._by_document:
                self._containing.update(set(tokens))
                self._documents += 1

    def vocabulary(self, without: Sequence[Any], limit: int | None) -> list[Any]:
        """The most frequent tokens first; equally frequent ones in descending order.

        Args:
            without: tokens that are left out.
            limit: at most so many; None: all.
        """
        counts = self._occurrences
        tokens = [token for token in counts if token not in without]
        return sorted(tokens, key=lambda token: (counts[token], token), reverse=True)[:limit]

    def inverse_document_frequencies(self, tokens: Sequence[Any]) -> np.ndarray:
        """How much each token tells: less, the more documents contain it."""
        containing = np.array([self._containing[token] for token in tokens])
        return np.log(1 + self._documents / (1 + containing))
