"""Long short-term memory (Hochreiter & Schmidhuber 1997): one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bigdl_keras import activations, constraints, initializers, ops, regularizers
from bigdl_keras.layers.rnn.dropout_cell import DropoutCell


class LSTMCell(DropoutCell):
    """One step of `LSTM`.

    Gates in the order input, forget, candidate, output. States: ``[h, c]``, each ``(batch, units)``.

    Source: https://keras.io/api/layers/recurrent_layers/lstm_cell/
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
        self.recurrent_activation = activations.get(recurrent_activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.unit_forget_bias = unit_forget_bias
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self._init_dropout(dropout, recurrent_dropout, seed)
        self.state_size = [self.units, self.units]
        self.output_size = self.units

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make the kernels for inputs ``(batch, features)``."""
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units * 4),
            name="kernel",
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, self.units * 4),
            name="recurrent_kernel",
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias: Any = None
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(self.units * 4,),
                name="bias",
                initializer=self._bias_values,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.built = True

    def _bias_values(self, shape: Sequence[int], dtype: Any = None, **kwargs: Any) -> Any:
        """`bias_initializer`, and ones for the forget gate (Jozefowicz et al. 2015)."""
        if not self.unit_forget_bias:
            return self.bias_initializer(shape, dtype=dtype)
        units = (self.units,)
        return np.concatenate(
            [
                self.bias_initializer(units, dtype=dtype),
                np.ones(units, dtype),
                self.bias_initializer((2 * self.units,), dtype=dtype),
            ]
        )

    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, Any]:
        """The output and new states for inputs ``(batch, features)``."""
        h, c = states
        z = ops.matmul(self._drop_inputs(inputs, training), self.kernel)
        z = z + ops.matmul(self._drop_state(h, training), self.recurrent_kernel)
        if self.use_bias:
            z = z + self.bias
        into, forget, candidate, out = ops.split(z, 4, axis=-1)
        c = self.recurrent_activation(forget) * c + self.recurrent_activation(
            into
        ) * self.activation(candidate)
        h = self.recurrent_activation(out) * self.activation(c)
        return h, [h, c]

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """Zeros."""
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype)] * 2
