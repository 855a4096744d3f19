"""Leaky rectified linear units."""

from __future__ import annotations

from typing import Any

from bigdl_keras import activations
from bigdl_keras.layers.builtin_layer import BuiltinLayer


class LeakyReLU(BuiltinLayer):
    """``x`` above zero, ``negative_slope * x`` below.

    Source: https://keras.io/api/layers/activation_layers/leaky_relu/
    """

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any) -> None:
        if "alpha" in kwargs:
            negative_slope = kwargs.pop("alpha")
        super().__init__(**kwargs)
        if negative_slope is None or negative_slope < 0:
            raise ValueError(
                "The negative_slope value of a Leaky ReLU layer cannot be None or negative. "
                f"Received: negative_slope={negative_slope}"
            )
        self.negative_slope = negative_slope
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Rectify."""
        return activations.leaky_relu(inputs, negative_slope=self.negative_slope)
