"""What separable convolutions share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bigdl_keras import constraints, initializers, ops, regularizers
from bigdl_keras.layers.convolutional.arguments import positive
from bigdl_keras.layers.convolutional.base_convolution import BaseConvolution
from bigdl_keras.layers.input_spec import InputSpec


class BaseSeparableConv(BaseConvolution):
    """A convolution of its own for each input channel, then one of size 1 that mixes the channels.

    Input: ``(batch, *spatial, channels)``. Output: `filters` channels. Weights: depthwise kernel
    ``(*kernel_size, channels, depth_multiplier)``, pointwise kernel
    ``(1, ..., channels * depth_multiplier, filters)``, bias ``(filters,)``.
    """

    rank: int

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        depth_multiplier: int = 1,
        activation: str | Callable[..., Any] | None = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.filters = positive(filters, "filters")
        self.depth_multiplier = positive(depth_multiplier, "depth_multiplier")
        self._set_windows(kernel_size, strides, padding, data_format, dilation_rate)
        self._set_outputs(activation, use_bias)
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.pointwise_initializer = initializers.get(pointwise_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)
        self.pointwise_regularizer = regularizers.get(pointwise_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.depthwise_constraint = constraints.get(depthwise_constraint)
        self.pointwise_constraint = constraints.get(pointwise_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(min_ndim=self.rank + 2)

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make both kernels and the bias for inputs of this shape."""
        channels = self._channels(input_shape)
        self.input_spec = InputSpec(min_ndim=self.rank + 2, axes={self._channel_axis: channels})
        self.depthwise_kernel = self._add_parameter(
            "depthwise_kernel",
            (*self.kernel_size, channels, self.depth_multiplier),
            argument="depthwise",
        )
        self.pointwise_kernel = self._add_parameter(
            "pointwise_kernel",
            (*(1,) * self.rank, channels * self.depth_multiplier, self.filters),
            argument="pointwise",
        )
        self._make_bias(self.filters)

    def call(self, inputs: Any) -> Any:
        """Convolve each channel, mix the channels, add the bias, activate."""
        outputs = ops.separable_conv(
            inputs,
            self.depthwise_kernel,
            self.pointwise_kernel,
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
            data_format=self.data_format,
        )
        return self._finished(outputs)
