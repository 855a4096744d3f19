"""What convolutions of every rank share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bigdl_keras import constraints, initializers, ops, regularizers
from bigdl_keras.layers.convolutional.arguments import positive
from bigdl_keras.layers.convolutional.base_convolution import BaseConvolution
from bigdl_keras.layers.core.base_low_rank import BaseLowRank
from bigdl_keras.layers.input_spec import InputSpec


class BaseConv(BaseConvolution, BaseLowRank):
    """Convolution over `rank` spatial axes.

    Input: ``(batch, *spatial, channels)``, or channels second with ``data_format="channels_first"``. Output: the same
    with `filters` channels. Weights: kernel ``(*kernel_size, channels / groups, filters)``, bias ``(filters,)``.
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
        groups: int = 1,
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
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.filters = positive(filters, "filters")
        self.groups = positive(groups, "groups")
        self._set_windows(
            kernel_size, strides, padding, data_format, dilation_rate, allow_causal=self.rank == 1
        )
        if filters % groups:
            raise ValueError(
                "The number of filters must be evenly divisible by the number of groups. "
                f"Received: groups={groups}, filters={filters}."
            )
        self._set_outputs(activation, use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self._init_lora(lora_rank, lora_alpha)
        self.input_spec = InputSpec(min_ndim=self.rank + 2)

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make kernel and bias for inputs of this shape."""
        channels = self._channels(input_shape)
        if channels % self.groups:
            raise ValueError(
                "The number of input channels must be evenly divisible by the number of groups. "
                f"Received: groups={self.groups}, channels={channels} (layer {self.name!r})."
            )
        self.input_spec = InputSpec(min_ndim=self.rank + 2, axes={self._channel_axis: channels})
        self._kernel = self._add_parameter(
            "kernel", (*self.kernel_size, channels // self.groups, self.filters)
        )
        self._make_bias(self.filters)
        self.built = True
        if self.lora_rank:
            self.enable_lora(self.lora_rank, lora_alpha=self.lora_alpha)

    @property
    def kernel(self) -> Any:
        """The kernel ``(*kernel_size, channels / groups, filters)``, low-rank update included."""
        return self._adapted_value()

    def call(self, inputs: Any) -> Any:
        """Convolve, add the bias, activate."""
        outputs = self.convolution_op(inputs, self.kernel)
        return self._finished(outputs)

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """The convolution alone; a subclass may convolve with another kernel."""
        padding = self.padding
        if padding == "causal":
            inputs, padding = self._pad_past(inputs), "valid"
        return ops.conv(
            inputs,
            kernel,
            strides=self.strides,
            padding=padding,
            dilation_rate=self.dilation_rate,
            data_format=self.data_format,
        )

    def _pad_past(self, inputs: Any) -> Any:
        past = self.dilation_rate[0] * (self.kernel_size[0] - 1)
        time_axis = 1 if self.data_format == "channels_last" else 2
        widths = [[0, 0], [0, 0], [0, 0]]
        widths[time_axis][0] = past
        return ops.pad(inputs, widths)
