"""The fully connected layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bigdl_keras import activations, constraints, initializers, ops, regularizers
from bigdl_keras.layers.convolutional.arguments import positive
from bigdl_keras.layers.core.base_low_rank import BaseLowRank
from bigdl_keras.layers.input_spec import InputSpec


class Dense(BaseLowRank):
    """``activation(x @ kernel + bias)`` over the last axis.

    Source: https://keras.io/api/layers/core_layers/dense/
    """

    def __init__(
        self,
        units: int,
        activation: str | Callable[..., Any] | None = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.units = positive(units, "units")
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self._init_lora(lora_rank, lora_alpha)
        self._refuse_quantization(quantization_config)
        self.input_spec = InputSpec(min_ndim=2)
        self.supports_masking = True

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make kernel and bias for inputs ``(..., features)``."""
        self._refuse_quantization(None)
        features = input_shape[-1]
        self._kernel = self._add_parameter("kernel", (features, self.units))
        self.bias: Any = None
        if self.use_bias:
            self.bias = self._add_parameter("bias", (self.units,))
        self.input_spec = InputSpec(min_ndim=2, axes={-1: features})
        self.built = True
        if self.lora_rank:
            # As in Keras, alpha is the rank then, whatever `lora_alpha` was given.
            self.enable_lora(self.lora_rank)

    @property
    def kernel(self) -> Any:
        """The matrix ``(features, units)``, low-rank update included."""
        return self._adapted_value()

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Multiply, add the bias, activate."""
        outputs = ops.matmul(inputs, self.kernel)
        if self.use_bias:
            outputs = ops.add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)
