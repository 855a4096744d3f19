"""What depthwise convolutions share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bigdl_keras import constraints, initializers, ops, regularizers
from bigdl_keras.layers.convolutional.arguments import positive
from bigdl_keras.layers.convolutional.base_convolution import BaseConvolution
from bigdl_keras.layers.input_spec import InputSpec


class BaseDepthwiseConv(BaseConvolution):
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
        self._set_windows(kernel_size, strides, padding, data_format, dilation_rate)
        self.depth_multiplier = positive(depth_multiplier, "depth_multiplier")
        self._set_outputs(activation, use_bias)
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.depthwise_constraint = constraints.get(depthwise_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(min_ndim=self.rank + 2)

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make kernel and bias for inputs of this shape."""
        channels = self._channels(input_shape)
        self.input_spec = InputSpec(min_ndim=self.rank + 2, axes={self._channel_axis: channels})
        self.kernel = self._add_parameter(
            "kernel", (*self.kernel_size, channels, self.depth_multiplier), argument="depthwise"
        )
        self._make_bias(channels * self.depth_multiplier)
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
        return self._finished(outputs)
