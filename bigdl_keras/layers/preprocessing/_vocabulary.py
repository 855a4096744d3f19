"""Tables between tokens and their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bigdl_backend.primitives import functional as F


class TextTable:
    """From texts to numbers.

    Args:
        tokens: distinct UTF-8 texts.
        numbers: one for each.
    """

    def __init__(self, tokens: Sequence[bytes], numbers: Sequence[int]) -> None:
        self._numbers = dict(zip(tokens, numbers, strict=True))

    def look_up(self, texts: Sequence[bytes], default: int) -> np.ndarray:
        """The number of each text, int64; `default` for texts that are no tokens."""
        find = self._numbers.get
        return np.array([find(text, default) for text in texts], np.int64)


class IntegerTable:
    """From integers to numbers.

    Args:
        tokens: distinct integers.
        numbers: one for each.
    """

    def __init__(self, tokens: Sequence[int], numbers: Sequence[int]) -> None:
        keys = np.asarray(tokens, "int64")
        order = np.argsort(keys)
        self._keys, self._numbers = keys[order], np.asarray(numbers, "int64")[order]

    def look_up(self, values: Any, default: int) -> Any:
        """The number of each integer, int64; `default` for integers that are no tokens. Traceable."""
        if not len(self._keys):
            return F.full_like(values, default, "int64")
        place = F.minimum(F.searchsorted(self._keys, values), len(self._keys) - 1)
        found = F.equal(F.take(self._keys, place, 0), values)
        return F.where(found, F.take(self._numbers, place, 0), default)


class InverseTable:
    """From numbers to tokens: `tokens` in the order of their numbers, `default` for other numbers."""

    def __init__(self, tokens: Sequence[Any], default: Any) -> None:
        self._tokens = np.asarray([*tokens, default])

    def look_up(self, numbers: Any) -> Any:
        """The token of each number. Traceable where tokens are integers."""
        last = len(self._tokens) - 1
        known = F.logical_and(F.greater_equal(numbers, 0), F.less(numbers, last))
        place = F.where(known, numbers, last)
        return (
            self._tokens[place] if isinstance(place, np.ndarray) else F.take(self._tokens, place, 0)
        )


def check_distinct(tokens: Sequence[Any]) -> None:
    """Raise `ValueError` when a token occurs several times."""
    twice = [token for token, count in Counter(tokens).items() if count > 1]
    if twice:
        raise ValueError(
            "The passed vocabulary has at least one repeated term. Please uniquify your dataset. "
            f"The repeated terms are: {twice}"
        )


def check_reserved(tokens: Sequence[Any], reserved: Sequence[Any], special: Sequence[Any]) -> None:
    """Raise `ValueError` when a vocabulary has a reserved token among its own.

    Args:
        tokens: the vocabulary without the special tokens at its begin.
        reserved: those tokens; None for none.
        special: what a vocabulary may begin with.
    """
    for token in reserved:
        if token is not None and token in tokens:
            raise ValueError(
                f"The vocabulary has the reserved token {token!r} among its own, as number "
                f"{tokens.index(token)}. Leave out the tokens for masked and unknown values, or begin "
                f"the vocabulary with all of them, in this order: {special}."
            )


def read_lines(path: str) -> list[str]:
    """The lines of a vocabulary file; `ValueError` when there is none."""
    file = Path(path)
    if not file.exists():
        raise ValueError(f"Vocabulary file {path} does not exist.")
    lines = file.read_bytes().decode().split("\n")
    if lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines]
