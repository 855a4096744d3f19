"""Long short-term memory (Hochreiter & Schmidhuber 1997): one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bigdl_keras import activations, ops
from bigdl_keras.layers.rnn.base_cell import BaseCell


class LSTMCell(BaseCell):
    """One step of `LSTM`.

    Gates in the order input, forget, candidate, output. States: ``[h, c]``, each ``(batch, units)``.

    Source: https://keras.io/api/layers/recurrent_layers/lstm_cell/
    """

    gates = 4

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
        self.unit_forget_bias = unit_forget_bias
        self.state_size = [units, units]

    def _initial_bias(self, shape: Sequence[int], dtype: Any = None, **kwargs: Any) -> Any:
        """`bias_initializer`, and ones for the forget gate (Jozefowicz et al. 2015)."""
        if not self.unit_forget_bias:
            return super()._initial_bias(shape, dtype)
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
        return self._advance(z, c)

    def _advance(self, z: Any, c: Any, axis: int = -1) -> tuple[Any, list[Any]]:
        """The output and new states for the four gates before their activations, side by side on `axis`."""
        into, forget, candidate, out = ops.split(z, 4, axis=axis)
        kept = self.recurrent_activation(forget) * c
        c = kept + self.recurrent_activation(into) * self.activation(candidate)
        h = self.recurrent_activation(out) * self.activation(c)
        return h, [h, c]

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """Zeros."""
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype)] * 2
