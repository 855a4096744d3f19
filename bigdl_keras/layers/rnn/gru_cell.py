"""Gated recurrent units (Cho et al. 2014): one step."""

from __future__ import annotations

from typing import Any

from bigdl_keras import activations, ops
from bigdl_keras.layers.rnn.base_cell import BaseCell


class GRUCell(BaseCell):
    """One step of `GRU`.

    Gates in the order update, reset, candidate. State: ``(batch, units)``.

    Source: https://keras.io/api/layers/recurrent_layers/gru_cell/
    """

    gates = 3

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
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        reset_after: bool = True,
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
        self.recurrent_activation = activations.get(recurrent_activation)
        self.reset_after = reset_after

    def _bias_shape(self) -> tuple[int, ...]:
        width = self.gates * self.units
        return (2, width) if self.reset_after else (width,)

    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, Any]:
        """The output and new states for inputs ``(batch, features)``."""
        nested = isinstance(states, list | tuple)
        h = states[0] if nested else states
        x = ops.matmul(self._drop_inputs(inputs, training), self.kernel)
        dropped = self._drop_state(h, training)
        input_bias, recurrent_bias = self._biases()
        if input_bias is not None:
            x = x + input_bias
        x_update, x_reset, x_candidate = ops.split(x, 3, axis=-1)
        if self.reset_after:
            r = ops.matmul(dropped, self.recurrent_kernel)
            if recurrent_bias is not None:
                r = r + recurrent_bias
            r_update, r_reset, r_candidate = ops.split(r, 3, axis=-1)
        else:
            gates = ops.matmul(dropped, self.recurrent_kernel[:, : 2 * self.units])
            r_update, r_reset = ops.split(gates, 2, axis=-1)
        update = self.recurrent_activation(x_update + r_update)
        reset = self.recurrent_activation(x_reset + r_reset)
        if self.reset_after:
            r_candidate = reset * r_candidate
        else:
            r_candidate = ops.matmul(reset * dropped, self.recurrent_kernel[:, 2 * self.units :])
        candidate = self.activation(x_candidate + r_candidate)
        h = update * h + (1 - update) * candidate
        return h, [h] if nested else h

    def _biases(self) -> tuple[Any, Any]:
        if not self.use_bias:
            return None, None
        if not self.reset_after:
            return self.bias, None
        return self.bias[0], self.bias[1]

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """Zeros."""
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype)]
