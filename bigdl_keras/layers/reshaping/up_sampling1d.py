"""Repeated time steps."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.input_spec import InputSpec


class UpSampling1D(BuiltinLayer):
    """Repeats each step `size` times.

    Source: https://keras.io/api/layers/reshaping_layers/up_sampling1d/
    """

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(size, int):
            raise TypeError(f"Expected an integer value for `size`, got {type(size)}.")
        if size <= 0:
            raise ValueError(f"Argument `size` should be a positive integer. Received: size={size}")
        self.size = size
        self.input_spec = InputSpec(ndim=3)
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Repeat along time."""
        return ops.repeat(inputs, self.size, axis=1)
