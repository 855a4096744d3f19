"""Combinations of categories into a fixed number of bins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F
from bigdl_keras.core.host_stage import is_text, on_host
from bigdl_keras.layers.preprocessing._encoding import (
    check_choice,
    encode,
    encoded_shape,
    refuse_sparse,
)
from bigdl_keras.layers.preprocessing._texts import (
    as_values,
    buckets,
    holds_text,
    text_fingerprints,
)
from bigdl_keras.layers.preprocessing.base_text_layer import TextLayer

# Where every crossing starts; part of what bins are compatible with.
_START = 0xDECAFCAFFE


class HashedCrossing(TextLayer):
    """The bin of each combination of two or more features, texts or integers.

    Source: https://keras.io/api/layers/preprocessing_layers/categorical/hashed_crossing/
    """

    def __init__(
        self,
        num_bins: int,
        output_mode: str = "int",
        sparse: bool = False,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        if output_mode == "int" and dtype is None:
            dtype = "int64"
        super().__init__(name=name, dtype=dtype, **kwargs)
        refuse_sparse(sparse, "HashedCrossing")
        check_choice(output_mode, ("int", "one_hot"), "HashedCrossing", "output_mode")
        self.num_bins = num_bins
        self.output_mode = output_mode
        self.sparse = sparse

    def call(self, inputs: Any) -> Any:
        """Cross the fingerprints of the features."""
        if not isinstance(inputs, (list, tuple)):
            raise ValueError(
                "`HashedCrossing` should be called on a list or tuple of inputs. "
                f"Received: inputs={inputs}"
            )
        if len(inputs) < 2:
            raise ValueError(
                "`HashedCrossing` should be called on at least two inputs. "
                f"Received: inputs={inputs}"
            )
        features = [as_values(x) for x in inputs]
        self._check(features)
        fingerprints = [self._fingerprints(feature) for feature in features]
        crossed = F.full_like(fingerprints[0], _START)
        for fingerprint in fingerprints:
            crossed = bind("crossed_fingerprints", crossed, fingerprint)
        return encode(
            buckets(crossed, self.num_bins), self.output_mode, self.num_bins, self.compute_dtype
        )

    def _check(self, features: Sequence[Any]) -> None:
        shapes = [tuple(x.shape) for x in features]
        rank = len(shapes[0])
        if rank > 2 or (rank == 2 and shapes[0][-1] != 1):
            raise ValueError(
                "All `HashedCrossing` inputs should have shape `()`, `(batch_size)` or "
                f"`(batch_size, 1)`. Received shapes: {shapes}"
            )
        if len(set(shapes)) > 1:
            raise ValueError(
                f"All `HashedCrossing` inputs should have equal shape. Received shapes: {shapes}"
            )
        for x in features:
            if not (is_text(x) or holds_text(x) or x.dtype.kind in "iu"):
                raise ValueError(
                    "All `HashedCrossing` inputs should have an integer or string dtype. "
                    f"Received: {x.dtype}"
                )

    def _fingerprints(self, feature: Any) -> Any:
        if is_text(feature):
            feature = on_host(self.of_text, feature, feature.shape, "int64", self.name)
        elif holds_text(feature):
            feature = self.of_text(feature)
        return F.cast(feature, "uint64")

    def of_text(self, values: np.ndarray) -> np.ndarray:
        """The fingerprints of texts as signed integers, which all data formats know."""
        return text_fingerprints(values, None, self.name).view(np.int64)

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        """The shape of one feature, or of the vectors of its bins."""
        shapes = [tuple(shape) for shape in input_shape]
        if len(shapes) < 2 or len({shape[-1:] for shape in shapes}) > 1:
            raise ValueError(
                "Expected two or more input tensors of identical shapes. "
                f"Received input_shape={input_shape}"
            )
        return encoded_shape(shapes[0], self.output_mode, self.num_bins)
