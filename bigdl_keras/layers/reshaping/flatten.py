"""Rows as vectors."""

from __future__ import annotations

import math
from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.convolutional.arguments import data_format_name
from bigdl_keras.layers.input_spec import InputSpec


class Flatten(BuiltinLayer):
    """``(batch, ...)`` to ``(batch, values)``; channels-first inputs are read channels last.

    Source: https://keras.io/api/layers/reshaping_layers/flatten/
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = data_format_name(data_format)
        self.input_spec = InputSpec(min_ndim=1)
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Flatten all axes but the first."""
        rank = len(inputs.shape)
        if self.data_format == "channels_first" and rank > 2:
            inputs = ops.transpose(inputs, (0, *range(2, rank), 1))
        shape = ops.shape(inputs)
        rest = shape[1:]
        width = math.prod(rest) if all(isinstance(d, int) for d in rest) else -1
        return ops.reshape(inputs, (shape[0], width))
