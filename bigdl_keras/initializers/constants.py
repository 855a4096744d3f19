"""Initializers whose values do not depend on a seed."""

from typing import Any, Self

import numpy as np

from bigdl_keras import ops
from bigdl_keras.initializers.initializer import Initializer


class Zeros(Initializer):
    """All zeros."""

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
        return ops.zeros(shape, dtype=dtype)


class Ones(Initializer):
    """All ones."""

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
        return ops.ones(shape, dtype=dtype)


class Constant(Initializer):
    """Every element is `value`; an array `value` is broadcast to the shape."""

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
        like = ops.zeros(shape, dtype=dtype)
        return np.broadcast_to(np.asarray(self.value), shape).astype(like.dtype)

    def get_config(self) -> dict[str, Any]:
        from bigdl_keras.saving import serialize_keras_object

        return {"value": serialize_keras_object(self.value)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        from bigdl_keras.saving import deserialize_keras_object

        return cls(deserialize_keras_object(config["value"]))


class Identity(Initializer):
    """`gain` on the diagonal of a matrix, zero elsewhere."""

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
        if len(shape) != 2:
            raise ValueError(f"Identity makes matrices only; got shape {tuple(shape)}.")
        eye = ops.eye(*shape, dtype=dtype)
        return (eye * self.gain).astype(eye.dtype)

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain}
