"""Categories into a fixed number of bins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bigdl_backend.primitives import functional as F
from bigdl_keras import config
from bigdl_keras.layers.preprocessing._encoding import encode, encoded_shape, refuse_sparse
from bigdl_keras.layers.preprocessing._texts import (
    buckets,
    byte_strings,
    checked_salt,
    holds_text,
    integer_fingerprints,
    text_fingerprints,
)
from bigdl_keras.layers.preprocessing.base_text_layer import TextLayer

_MODES = ("int", "one_hot", "multi_hot", "count")


class Hashing(TextLayer):
    """The bin of each text or integer, by a hash: FarmHash64, or SipHash with a `salt`.

    With `mask_value`, bin 0 is for that value alone.

    Source: https://keras.io/api/layers/preprocessing_layers/categorical/hashing/
    """

    def __init__(
        self,
        num_bins: int,
        mask_value: Any = None,
        salt: int | Sequence[int] | None = None,
        output_mode: str = "int",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        if kwargs.get("dtype") is None:
            kwargs["dtype"] = "int64" if output_mode == "int" else config.floatx()
        super().__init__(**kwargs)
        if num_bins is None or num_bins <= 0:
            raise ValueError(
                "The `num_bins` for `Hashing` cannot be `None` or non-positive values. "
                f"Received: num_bins={num_bins}."
            )
        if output_mode == "int" and self.dtype_policy.name not in ("int32", "int64"):
            raise ValueError(
                "When `output_mode=\"int\"`, `dtype` should be an integer type, 'int32' or "
                f"'int64'. Received: dtype={kwargs['dtype']}"
            )
        if output_mode not in _MODES:
            raise ValueError(
                f"Invalid value for argument `output_mode`. Expected one of {_MODES}. "
                f"Received: output_mode={output_mode}"
            )
        refuse_sparse(sparse, "Hashing")
        self.num_bins = num_bins
        self.mask_value = mask_value
        self.salt = checked_salt(salt, "Hashing")
        self.output_mode = output_mode
        self.sparse = sparse

    def compute(self, values: Any) -> Any:
        """Hash, and encode the bins."""
        if self.output_mode == "one_hot" and values.ndim and values.shape[-1] == 1:
            values = values[..., 0]
        return encode(self._bins(values), self.output_mode, self.num_bins, self.dtype)

    def _bins(self, values: Any) -> Any:
        salt = None if self.salt is None else tuple(self.salt)
        masked = self.mask_value is not None and self.num_bins > 1
        mask: Any = None
        if values.dtype == bool and isinstance(values, np.ndarray):
            values = np.where(values, "true", "false")
        if holds_text(values):
            fingerprints = text_fingerprints(values, salt, self.name)
            if masked:
                masking = str(self.mask_value).encode()
                texts = byte_strings(values, self.name)
                mask = np.reshape([text == masking for text in texts], values.shape)
        else:
            fingerprints = integer_fingerprints(values, salt)
            if masked:
                mask = F.equal(values, self.mask_value)
        if not masked:
            return buckets(fingerprints, self.num_bins)
        return F.where(mask, 0, F.add(buckets(fingerprints, self.num_bins - 1), 1))

    def compute_output_shape(self, input_shape: Sequence[Any]) -> tuple[Any, ...]:
        """The shape of the bins, or of their vectors."""
        return encoded_shape(input_shape, self.output_mode, self.num_bins)
