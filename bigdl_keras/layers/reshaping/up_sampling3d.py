"""Larger volumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.convolutional.arguments import data_format_name, per_axis
from bigdl_keras.layers.input_spec import InputSpec


class UpSampling3D(BuiltinLayer):
    """Repeats each position `size` times along three axes.

    Source: https://keras.io/api/layers/reshaping_layers/up_sampling3d/
    """

    def __init__(
        self, size: int | Sequence[int] = (2, 2, 2), data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.size = per_axis(size, 3, "size")
        self.data_format = data_format_name(data_format)
        self.input_spec = InputSpec(ndim=5)
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Repeat along the three axes."""
        first = 1 if self.data_format == "channels_last" else 2
        for offset, times in enumerate(self.size):
            inputs = ops.repeat(inputs, times, axis=first + offset)
        return inputs
