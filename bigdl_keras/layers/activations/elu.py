"""Exponential linear units (Clevert et al. 2016)."""

from __future__ import annotations

from typing import Any

from bigdl_keras import activations
from bigdl_keras.layers.builtin_layer import BuiltinLayer


class ELU(BuiltinLayer):
    """``x`` above zero, ``alpha * (exp(x) - 1)`` below.

    Source: https://keras.io/api/layers/activation_layers/elu/
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = alpha
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Activate."""
        return activations.elu(inputs, alpha=self.alpha)
