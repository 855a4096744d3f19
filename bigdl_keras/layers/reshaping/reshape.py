"""Another shape for the same values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.builtin_layer import BuiltinLayer


class Reshape(BuiltinLayer):
    """Gives each row the shape `target_shape`; one entry may be -1.

    Source: https://keras.io/api/layers/reshaping_layers/reshape/
    """

    def __init__(self, target_shape: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        target_shape = tuple(target_shape)
        if target_shape.count(-1) > 1:
            raise ValueError(
                "The `target_shape` argument must not contain more than one `-1` value. "
                f"Received: target_shape={target_shape}"
            )
        self.target_shape = target_shape
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Reshape all axes but the first."""
        return ops.reshape(inputs, (ops.shape(inputs)[0], *self.target_shape))
