"""A vector, several times."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.input_spec import InputSpec


class RepeatVector(BuiltinLayer):
    """``(batch, features)`` to ``(batch, n, features)``.

    Source: https://keras.io/api/layers/reshaping_layers/repeat_vector/
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(n, int):
            raise TypeError(f"Expected an integer value for `n`, got {type(n)}.")
        if n <= 0:
            raise ValueError(f"Argument `n` should be a positive integer. Received: n={n}")
        self.n = n
        self.input_spec = InputSpec(ndim=2)
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Repeat along a new axis 1."""
        return ops.repeat(ops.expand_dims(inputs, 1), self.n, axis=1)
