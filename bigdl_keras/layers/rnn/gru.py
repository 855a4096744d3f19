"""Gated recurrent units (Cho et al. 2014)."""

from __future__ import annotations

from typing import Any

from bigdl_backend.graph.trace import bind
from bigdl_keras import ops
from bigdl_keras.layers.rnn.gru_cell import GRUCell
from bigdl_keras.layers.rnn.rnn import CellLayer
from bigdl_keras.layers.rnn.sequence import has_kernel, sequence_for_kernel


class GRU(CellLayer):
    """Gated recurrent units (Cho et al. 2014), over ``(batch, time, features)``.

    `use_cudnn` chooses a kernel of graphics processors in stock Keras; the values are the same with or without it.

    Source: https://keras.io/api/layers/recurrent_layers/gru/
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
        reset_after: bool = True,
        use_cudnn: bool | str = "auto",
        **kwargs: Any,
    ) -> None:
        cell = GRUCell(
            units=units,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            reset_after=reset_after,
            seed=seed,
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
            name="gru_cell",
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
        bias = cell.bias.value if cell.use_bias else ops.zeros((2, 3 * cell.units), x.dtype)
        if cell.use_bias and not cell.reset_after:
            bias = ops.stack([bias, ops.zeros_like(bias)])
        h, _ = bind(
            "gru",
            x,
            initial_state[0],
            cell.kernel.value,
            cell.recurrent_kernel.value,
            bias,
            keep,
            reset_after=cell.reset_after,
        )
        last = [h[:, -1]]
        if mask is not None and self.zero_output_for_mask:
            h = ops.where(ops.expand_dims(keep, -1), h, 0.0)
        return h[:, -1], h, last
