"""Any activation function, as a layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bigdl_keras import activations
from bigdl_keras.layers.builtin_layer import BuiltinLayer


class Activation(BuiltinLayer):
    """Applies `activation`, a function or its name.

    Source: https://keras.io/api/layers/core_layers/activation/
    """

    def __init__(self, activation: str | Callable[..., Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.activation = activations.get(activation)
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Activate."""
        return self.activation(inputs)
