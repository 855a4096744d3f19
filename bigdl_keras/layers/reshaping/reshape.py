"""Another shape for the same values."""

from __future__ import annotations

import math
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
        shape = ops.shape(inputs)
        if all(isinstance(size, int) for size in shape[1:]):
            count, known = math.prod(shape[1:]), math.prod(s for s in self.target_shape if s != -1)
            if count % known if -1 in self.target_shape and known else count != known:
                raise ValueError(
                    "The total size of a row must be unchanged. "
                    f"Received: input_shape={tuple(shape[1:])}, target_shape={self.target_shape} "
                    f"(layer {self.name!r})"
                )
        return ops.reshape(inputs, (shape[0], *self.target_shape))
