"""What depthwise convolutions share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bigdl_keras import activations, constraints, initializers, ops, regularizers
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.convolutional.arguments import (
    data_format_name,
    padding_name,
    per_axis,
    positive,
)
from bigdl_keras.layers.input_spec import InputSpec


class BaseDepthwiseConv(BuiltinLayer):
    """A convolution of its own for each input channel.

    Input: ``(batch, *spatial, channels)``. Output: ``channels * depth_multiplier`` channels. Weights: kernel
    ``(*kernel_size, channels, depth_multiplier)``, bias ``(channels * depth_multiplier,)``.
    """

    rank: int

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        activation: str | Callable[..., Any] | None = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.kernel_size = per_axis(kernel_size, self.rank, "kernel_size")
        self.strides = per_axis(strides, self.rank, "strides")
        self.dilation_rate = per_axis(dilation_rate, self.rank, "dilation_rate")
        self.padding = padding_name(padding)
        self.depth_multiplier = positive(depth_multiplier, "depth_multiplier")
        self.data_format = data_format_name(data_format)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                "`strides > 1` not supported in conjunction with `dilation_rate > 1`. "
                f"Received: strides={self.strides} and dilation_rate={self.dilation_rate}"
            )
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.depthwise_constraint = constraints.get(depthwise_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(min_ndim=self.rank + 2)

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make kernel and bias for inputs of this shape."""
        axis = -1 if self.data_format == "channels_last" else 1
        channels = input_shape[axis]
        if channels is None:
            raise ValueError(
                f"The channel dimension of the inputs of {self.name!r} must be defined. "
                f"Received: input_shape={tuple(input_shape)}"
            )
        self.input_spec = InputSpec(min_ndim=self.rank + 2, axes={axis: channels})
        self.kernel = self._add_parameter(
            "kernel", (*self.kernel_size, channels, self.depth_multiplier), argument="depthwise"
        )
        self.bias: Any = None
        if self.use_bias:
            self.bias = self._add_parameter("bias", (channels * self.depth_multiplier,))
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Convolve each channel, add the bias, activate."""
        outputs = ops.depthwise_conv(
            inputs,
            self.kernel,
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
            data_format=self.data_format,
        )
        if self.use_bias:
            bias = self.bias
            if self.data_format == "channels_first":
                bias = ops.reshape(bias, (1, -1) + (1,) * self.rank)
            outputs = ops.add(outputs, bias)
        return outputs if self.activation is None else self.activation(outputs)
