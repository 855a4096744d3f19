"""What transposed convolutions of every rank share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bigdl_keras import constraints, initializers, ops, regularizers
from bigdl_keras.layers.convolutional.arguments import per_axis, positive
from bigdl_keras.layers.convolutional.base_convolution import BaseConvolution
from bigdl_keras.layers.input_spec import InputSpec


class BaseConvTranspose(BaseConvolution):
    """The adjoint of a convolution over `rank` spatial axes: it enlarges by the strides.

    Input: ``(batch, *spatial, channels)``, or channels second with ``data_format="channels_first"``.
    Output: the same with `filters` channels. Weights: kernel ``(*kernel_size, filters, channels)``,
    bias ``(filters,)``.
    """

    rank: int

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        output_padding: int | Sequence[int] | None = None,
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        activation: str | Callable[..., Any] | None = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.filters = positive(filters, "filters")
        self._set_windows(kernel_size, strides, padding, data_format, dilation_rate)
        self.output_padding = (
            None
            if output_padding is None
            else per_axis(output_padding, self.rank, "output_padding", allow_zero=True)
        )
        if any(o >= s for o, s in zip(self.output_padding or (), self.strides, strict=False)):
            raise ValueError(
                "`output_padding` must be less than `strides` along every axis. "
                f"Received: output_padding={self.output_padding} and strides={self.strides}"
            )
        self._set_outputs(activation, use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make kernel and bias for inputs of this shape."""
        channels = self._channels(input_shape)
        self.input_spec = InputSpec(
            ndim=self.rank + 2, axes={self._channel_axis % (self.rank + 2): channels}
        )
        self.kernel = self._add_parameter("kernel", (*self.kernel_size, self.filters, channels))
        self._make_bias(self.filters)

    def call(self, inputs: Any) -> Any:
        """Spread each input over a window, add the bias, activate."""
        outputs = ops.conv_transpose(
            inputs,
            self.kernel,
            strides=self.strides,
            padding=self.padding,
            output_padding=self.output_padding,
            dilation_rate=self.dilation_rate,
            data_format=self.data_format,
        )
        return self._finished(outputs)
