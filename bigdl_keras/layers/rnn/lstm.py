"""Long short-term memory (Hochreiter & Schmidhuber 1997)."""

from __future__ import annotations

from typing import Any

from bigdl_backend.graph.trace import bind
from bigdl_keras import ops
from bigdl_keras.layers.rnn.lstm_cell import LSTMCell
from bigdl_keras.layers.rnn.rnn import CellLayer
from bigdl_keras.layers.rnn.sequence import has_kernel, sequence_for_kernel


class LSTM(CellLayer):
    """Long short-term memory (Hochreiter & Schmidhuber 1997), over ``(batch, time, features)``.

    `use_cudnn` chooses a kernel of graphics processors in stock Keras; the values are the same with or without it.

    Source: https://keras.io/api/layers/recurrent_layers/lstm/
    """

    def __init__(
        self,
        units: int,
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
        unroll: bool = False,
        use_cudnn: bool | str = "auto",
        **kwargs: Any,
    ) -> None:
        cell = LSTMCell(
            units=units,
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
            name="lstm_cell",
        )
        super().__init__(
            cell,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
        if use_cudnn not in (True, False, "auto"):
            raise ValueError(
                "Invalid value received for argument `use_cudnn`. "
                f"Expected True, False or 'auto'. Received: use_cudnn={use_cudnn}"
            )
        self.use_cudnn = use_cudnn

    def inner_loop(
        self, sequences: Any, initial_state: Any, mask: Any, training: bool = False
    ) -> tuple[Any, Any, list[Any]]:
        """As in :class:`RNN`, by one primitive where it computes what the cell does."""
        cell = self.cell
        if not has_kernel(cell, training) or self.unroll:
            return super().inner_loop(sequences, initial_state, mask, training)
        x, keep = sequence_for_kernel(cell, sequences, mask, training, self.go_backwards)
        bias = cell.bias.value if cell.use_bias else ops.zeros((4 * cell.units,), x.dtype)
        h, c, _ = bind(
            "lstm", x, *initial_state, cell.kernel.value, cell.recurrent_kernel.value, bias, keep
        )
        last = [h[:, -1], c[:, -1]]
        if mask is not None and self.zero_output_for_mask:
            h = ops.where(ops.expand_dims(keep, -1), h, 0.0)
        return h[:, -1], h, last
