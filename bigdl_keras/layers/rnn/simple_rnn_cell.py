"""The plain recurrent network: one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import activations, constraints, initializers, ops, regularizers
from bigdl_keras.layers.rnn.dropout_cell import DropoutCell


class SimpleRNNCell(DropoutCell):
    """One step of `SimpleRNN`.

    ``h = activation(x @ kernel + h @ recurrent_kernel + bias)``. State: ``(batch, units)``.

    Source: https://keras.io/api/layers/recurrent_layers/simple_rnn_cell/
    """

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
        if units <= 0:
            raise ValueError(
                f"Received an invalid value for argument `units`, expected a positive integer, got {units}."
            )
        super().__init__(**kwargs)
        self.units = units
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
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
            shape=(input_shape[-1], self.units),
            name="kernel",
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, self.units),
            name="recurrent_kernel",
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias: Any = None
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(self.units,),
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
        z = ops.matmul(self._drop_inputs(inputs, training), self.kernel)
        if self.use_bias:
            z = z + self.bias
        z = z + ops.matmul(self._drop_state(h, training), self.recurrent_kernel)
        h = z if self.activation is None else self.activation(z)
        return h, [h] if nested else h

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """Zeros."""
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype)]
