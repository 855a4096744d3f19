"""What all kinds of convolution share: where their windows lie, and the bias and activation behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import activations, ops
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.convolutional.arguments import data_format_name, padding_name, per_axis


class BaseConvolution(BuiltinLayer):
    """A layer whose windows move over `rank` spatial axes."""

    rank: int
    use_bias: bool
    bias: Any

    def _set_windows(
        self,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int],
        padding: str,
        data_format: str | None,
        dilation_rate: int | Sequence[int],
        allow_causal: bool = False,
    ) -> None:
        self.kernel_size = per_axis(kernel_size, self.rank, "kernel_size")
        self.strides = per_axis(strides, self.rank, "strides")
        self.dilation_rate = per_axis(dilation_rate, self.rank, "dilation_rate")
        self.padding = padding_name(padding, allow_causal=allow_causal)
        self.data_format = data_format_name(data_format)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                "`strides > 1` not supported in conjunction with `dilation_rate > 1`. "
                f"Received: strides={self.strides} and dilation_rate={self.dilation_rate}"
            )

    def _set_outputs(self, activation: Any, use_bias: bool) -> None:
        self.activation = activations.get(activation)
        self.use_bias = use_bias

    @property
    def _channel_axis(self) -> int:
        return -1 if self.data_format == "channels_last" else 1

    def _channels(self, input_shape: Sequence[Any]) -> int:
        """How many channels inputs of that shape have; ``ValueError`` when that is not known."""
        channels = input_shape[self._channel_axis]
        if channels is None:
            raise ValueError(
                f"The channel dimension of the inputs of {self.name!r} must be defined. "
                f"Received: input_shape={tuple(input_shape)}"
            )
        return channels

    def _make_bias(self, channels: int) -> None:
        self.bias = self._add_parameter("bias", (channels,)) if self.use_bias else None

    def _finished(self, outputs: Any) -> Any:
        """With the bias, activated."""
        if self.use_bias:
            bias = self.bias
            if self.data_format == "channels_first":
                bias = ops.reshape(bias, (1, -1) + (1,) * self.rank)
            outputs = ops.add(outputs, bias)
        return outputs if self.activation is None else self.activation(outputs)
