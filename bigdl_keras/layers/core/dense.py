"""The fully connected layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bigdl_keras import activations, constraints, initializers, ops, regularizers
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.convolutional.arguments import positive
from bigdl_keras.layers.input_spec import InputSpec


class Dense(BuiltinLayer):
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
        if lora_rank is not None or quantization_config is not None:
            raise NotImplementedError(
                "Dense has no low-rank or quantised variant here: leave lora_rank and quantization_config None."
            )
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
        self.lora_rank = lora_rank
        self.lora_alpha = lora_alpha
        self.quantization_config = quantization_config
        self.input_spec = InputSpec(min_ndim=2)
        self.supports_masking = True

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make kernel and bias for inputs ``(..., features)``."""
        features = input_shape[-1]
        self.kernel = self.add_weight(
            name="kernel",
            shape=(features, self.units),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            trainable=True,
        )
        self.bias: Any = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias",
                shape=(self.units,),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                trainable=True,
            )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: features})
        self.built = True

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Multiply, add the bias, activate."""
        outputs = ops.matmul(inputs, self.kernel)
        if self.use_bias:
            outputs = ops.add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)
