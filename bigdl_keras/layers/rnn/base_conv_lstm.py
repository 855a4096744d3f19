"""What convolutional LSTMs of every rank share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.rnn.base_conv_lstm_cell import ConvLSTMCell
from bigdl_keras.layers.rnn.rnn import CellLayer


class BaseConvLSTM(CellLayer):
    """Long short-term memory whose products are convolutions over `rank` spatial axes (Shi et al. 2015).

    Input: ``(batch, time, *spatial, channels)``, or ``(batch, time, channels, *spatial)`` with
    ``data_format="channels_first"``. The states have the shape of one step's output.
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
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        **kwargs: Any,
    ) -> None:
        cell = ConvLSTMCell(
            rank=self.rank,
            filters=filters,
            kernel_size=kernel_size,
            strides=strides,
            padding=padding,
            data_format=data_format,
            dilation_rate=dilation_rate,
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
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
            name="conv_lstm_cell",
        )
        self.input_rank = self.rank + 3
        super().__init__(
            cell,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )

    def _before_loop(self, sequences: Any, training: bool) -> Any:
        """The inputs of all steps convolved at once, as the inputs of one larger batch."""
        batch, time = ops.shape(sequences)[:2]
        if training and self.cell.dropout:
            kept = self.cell.get_dropout_mask(sequences[:, 0])
            sequences = ops.multiply(self.cell.for_each_gate(sequences), ops.expand_dims(kept, 1))
        step = ops.shape(sequences)[2:]
        z = self.cell.convolve_inputs(ops.reshape(sequences, (batch * time, *step)))
        return ops.reshape(z, (batch, time, *ops.shape(z)[1:]))

    def _step(self, inputs: Any, states: list[Any], training: bool) -> tuple[Any, list[Any]]:
        return self.cell.advance(inputs, states, training)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        config = super().get_config() | {"zero_output_for_mask": self.zero_output_for_mask}
        del config["rank"]
        return config
