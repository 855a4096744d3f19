"""The plain recurrent network: one step."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.rnn.base_cell import BaseCell


class SimpleRNNCell(BaseCell):
    """One step of `SimpleRNN`.

    ``h = activation(x @ kernel + h @ recurrent_kernel + bias)``. State: ``(batch, units)``.

    Source: https://keras.io/api/layers/recurrent_layers/simple_rnn_cell/
    """

    gates = 1

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
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
            units=units,
            activation=activation,
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
            seed=seed,
            **kwargs,
        )

    def call(self, sequence: Any, states: Any, training: bool = False) -> tuple[Any, Any]:
        """The output and new states for inputs ``(batch, features)``."""
        nested = isinstance(states, list | tuple)
        h = states[0] if nested else states
        z = ops.matmul(self._drop_inputs(sequence, training), self.kernel)
        if self.use_bias:
            z = z + self.bias
        z = z + ops.matmul(self._drop_state(h, training), self.recurrent_kernel)
        h = z if self.activation is None else self.activation(z)
        return h, [h] if nested else h

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """Zeros."""
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype)]
