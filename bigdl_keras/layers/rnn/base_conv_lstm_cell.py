"""Long short-term memory whose products are convolutions: one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_backend.primitives.convolution import output_size
from bigdl_keras import ops
from bigdl_keras.layers.convolutional.base_convolution import BaseConvolution
from bigdl_keras.layers.input_spec import InputSpec
from bigdl_keras.layers.rnn.lstm_cell import LSTMCell
from bigdl_keras.ops.convolution import padding_amounts


class ConvLSTMCell(BaseConvolution, LSTMCell):
    """One step of the convolutional LSTM over `rank` spatial axes.

    Weights: kernel ``(*kernel_size, channels, 4 * filters)``, recurrent kernel
    ``(*kernel_size, filters, 4 * filters)``, bias ``(4 * filters,)``, gates in the order input, forget, candidate,
    output. States: ``[h, c]``, each of the shape of an output.

    With dropout each gate has masks of its own: the inputs are repeated for the gates along the channels, and the
    same kernel then convolves them in four groups.
    """

    def __init__(
        self,
        rank: int,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            filters,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            unit_forget_bias=unit_forget_bias,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            seed=seed,
            **kwargs,
        )
        self.rank = rank
        self.filters = filters
        self._set_windows(kernel_size, strides, padding, data_format, dilation_rate)
        self.input_spec = InputSpec(ndim=rank + 2)

    @property
    def _channel_axis(self) -> int:
        # From the end, so that it also holds for sequences of steps.
        return -1 - self.rank if self.data_format == "channels_first" else -1

    def _kernel_shapes(self, input_shape: Sequence[Any]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        channels = input_shape[self._channel_axis]
        if None in input_shape[1:]:
            raise ValueError(
                "A ConvLSTM layer needs the sizes of the channels and all spatial axes. "
                f"Received: shape of one step {tuple(input_shape)} (layer {self.name!r})"
            )
        self._state_shape = self._output_shape(input_shape[1:])
        width = self.gates * self.filters
        return (*self.kernel_size, channels, width), (*self.kernel_size, self.filters, width)

    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, Any]:
        """The output and new states for inputs ``(batch, *spatial, channels)``."""
        if training and self.dropout:
            inputs = self._drop_inputs(self.for_each_gate(inputs), training)
        return self.advance(self.convolve_inputs(inputs), states, training)

    def convolve_inputs(self, inputs: Any) -> Any:
        """What the inputs ``(batch, *spatial, channels)`` add to the four gates, with the bias.

        They may come from `for_each_gate`: the convolution then has four groups of channels.
        """
        z = ops.conv(
            inputs,
            self.kernel,
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
            data_format=self.data_format,
        )
        if not self.use_bias:
            return z
        wide = [1] * (self.rank + 2)
        wide[self._channel_axis] = -1
        return z + ops.reshape(self.bias, wide)

    def advance(self, z: Any, states: Any, training: bool = False) -> tuple[Any, Any]:
        """The output and new states for what `convolve_inputs` returned."""
        h, c = states
        if training and self.recurrent_dropout:
            h = self._drop_state(self.for_each_gate(h), training)
        z = z + ops.conv(
            h, self.recurrent_kernel, strides=1, padding="same", data_format=self.data_format
        )
        return self._advance(z, c, axis=self._channel_axis)

    def get_dropout_mask(self, step_input: Any) -> Any:
        """The masks for inputs, one a gate, side by side along the channels."""
        return super().get_dropout_mask(self.for_each_gate(step_input))

    def get_recurrent_dropout_mask(self, step_input: Any) -> Any:
        """The masks for a state, one a gate, side by side along the channels."""
        return super().get_recurrent_dropout_mask(self.for_each_gate(step_input))

    def for_each_gate(self, x: Any) -> Any:
        """`x` four times, side by side along the channels."""
        return ops.concatenate([x] * self.gates, axis=self._channel_axis)

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """Zeros."""
        return [ops.zeros((batch_size, *self._state_shape), dtype=self.compute_dtype)] * 2

    def _output_shape(self, step_shape: Sequence[int]) -> tuple[int, ...]:
        spatial = list(step_shape)
        del spatial[self._channel_axis]
        amounts = padding_amounts(
            self.padding, spatial, self.kernel_size, self.strides, self.dilation_rate
        )
        out = [
            output_size(size, kernel, stride, amount, dilation)
            for size, kernel, stride, amount, dilation in zip(
                spatial, self.kernel_size, self.strides, amounts, self.dilation_rate, strict=True
            )
        ]
        out.insert(self._channel_axis % len(step_shape), self.filters)
        return tuple(int(size) for size in out)
