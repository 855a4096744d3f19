"""Texts by their numbers in a vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bigdl_backend.graph.tensor import Tensor
from bigdl_keras.layers.preprocessing._texts import buckets, byte_strings, text_fingerprints
from bigdl_keras.layers.preprocessing._vocabulary import TextTable
from bigdl_keras.layers.preprocessing.base_index_lookup import IndexLookup


class StringLookup(IndexLookup):
    """Texts to their numbers in a vocabulary, given or learnt by `adapt`; with `invert` the way back.

    Source: https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup/
    """

    vocabulary_dtype = "string"

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | None = None,
        oov_token: str | None = "[UNK]",
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        salt: int | Sequence[int] | None = None,
        **kwargs: Any,
    ) -> None:
        self.encoding = encoding
        super().__init__(
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            max_tokens=max_tokens,
            pad_to_max_tokens=pad_to_max_tokens,
            mask_token=mask_token,
            oov_token=oov_token,
            num_oov_indices=num_oov_indices,
            salt=salt,
            invert=invert,
            output_mode=output_mode,
            sparse=sparse,
            name=name,
            **kwargs,
        )

    def plain(self, token: Any) -> str:
        """The token as text."""
        return token.decode(self.encoding) if isinstance(token, bytes) else str(token)

    def tokens_of(self, values: Any) -> list[bytes]:
        """The texts in an array."""
        if isinstance(values, Tensor):
            raise TypeError(
                f"Layer '{self.name}' takes text; got numbers of dtype {values.dtype}, computed in "
                "a model."
            )
        return byte_strings(values, self.name)

    def table_of(self, tokens: Sequence[bytes], numbers: Sequence[int]) -> TextTable:
        """The table from texts to numbers."""
        return TextTable(tokens, numbers)

    def find(self, values: Any, default: int) -> np.ndarray:
        """The number of each text."""
        return self._table.look_up(self.tokens_of(values), default).reshape(values.shape)

    def oov_numbers(self, values: np.ndarray) -> np.ndarray:
        """A number for each text, by its hash."""
        salt = None if self.salt is None else tuple(self.salt)
        return buckets(text_fingerprints(values, salt, self.name), self.num_oov_indices)

    def compute(self, values: Any) -> Any:
        """Look up; numbers to texts only outside of compiled models."""
        if self.invert and isinstance(values, Tensor):
            raise TypeError(
                f"Layer '{self.name}' makes text of numbers (`invert=True`), which a compiled model "
                "cannot hold: end the model before it, and call it on what `predict` returns."
            )
        return super().compute(values)
