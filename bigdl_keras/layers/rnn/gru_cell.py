"""Gated recurrent units (Cho et al. 2014): one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import activations, constraints, initializers, ops, regularizers
from bigdl_keras.layers.rnn.dropout_cell import DropoutCell


class GRUCell(DropoutCell):
    """One step of `GRU`.

    Gates in the order update, reset, candidate. State: ``(batch, units)``.

    Source: https://keras.io/api/layers/recurrent_layers/gru_cell/
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
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        reset_after: bool = True,
        seed: Any = None,
        **kwargs: Any,
    ) -> None:
        if units <= 0:
            raise ValueError(
                f"Received an invalid value for argument `units`, expected a positive integer, got {units}."
            )
        super().__init__(**kwargs)
        self.units = units
        self.activation = activations.get(activation)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.reset_after = reset_after
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self._init_dropout(dropout, recurrent_dropout, seed)
        self.state_size = self.units
        self.output_size = self.units

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make the kernels for inputs ``(batch, features)``."""
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units * 3),
            name="kernel",
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, self.units * 3),
            name="recurrent_kernel",
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias: Any = None
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(2, self.units * 3) if self.reset_after else (self.units * 3,),
                name="bias",
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.built = True

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
