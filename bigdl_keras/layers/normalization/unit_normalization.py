"""Normalisation to unit length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.builtin_layer import BuiltinLayer


class UnitNormalization(BuiltinLayer):
    """Divides by the Euclidean norm over `axis`.

    Source: https://keras.io/api/layers/normalization_layers/unit_normalization/
    """

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(axis, int | list | tuple):
            raise TypeError(f"`axis` must be an int or a list/tuple of ints. Received: axis={axis}")
        self.axis = list(axis) if isinstance(axis, list | tuple) else axis
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Normalise over the axes."""
        return ops.normalize(inputs, axis=self.axis, order=2, epsilon=1e-12)
