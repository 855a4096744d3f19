"""Integers by their numbers in a vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bigdl_backend.primitives import functional as F
from bigdl_keras.layers.preprocessing._texts import buckets, integer_fingerprints
from bigdl_keras.layers.preprocessing._vocabulary import IntegerTable
from bigdl_keras.layers.preprocessing.base_index_lookup import IndexLookup


class IntegerLookup(IndexLookup):
    """Integers to their numbers in a vocabulary, given or learnt by `adapt`; with `invert` the way back.

    Source: https://keras.io/api/layers/preprocessing_layers/categorical/integer_lookup/
    """

    vocabulary_dtype = "int64"

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: int | None = None,
        oov_token: int | None = -1,
        vocabulary: Any = None,
        vocabulary_dtype: str = "int64",
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        salt: int | Sequence[int] | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if vocabulary_dtype != "int64":
            raise ValueError(
                "Only `vocabulary_dtype='int64'` is supported at this time. Received: "
                f"vocabulary_dtype={vocabulary_dtype}"
            )
        if salt is not None and oov_method != "farmhash":
            raise ValueError(
                "`salt` can only be used when `oov_method='farmhash'`. "
                f"Received: oov_method={oov_method}"
            )
        super().__init__(
            max_tokens=max_tokens,
            num_oov_indices=num_oov_indices,
            mask_token=mask_token,
            oov_token=oov_token,
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            invert=invert,
            output_mode=output_mode,
            sparse=sparse,
            pad_to_max_tokens=pad_to_max_tokens,
            oov_method=oov_method,
            salt=salt,
            name=name,
            **kwargs,
        )

    def plain(self, token: Any) -> int:
        """The token as a Python integer."""
        return int(token)

    def tokens_of(self, values: Any) -> list[int]:
        """The integers in an array, which may be written as text."""
        return np.asarray(values).astype("int64").ravel().tolist()

    def table_of(self, tokens: Sequence[int], numbers: Sequence[int]) -> IntegerTable:
        """The table from integers to numbers."""
        return IntegerTable(tokens, numbers)

    def find(self, values: Any, default: int) -> Any:
        """The number of each integer."""
        return self._table.look_up(F.cast(values, "int64"), default)

    def oov_numbers(self, values: Any) -> Any:
        """A number for each integer: its remainder, or by its hash."""
        values = F.cast(values, "int64")
        if self.oov_method == "floormod":
            return F.mod(values, self.num_oov_indices)
        salt = None if self.salt is None else tuple(self.salt)
        return buckets(integer_fingerprints(values, salt), self.num_oov_indices)
