"""What the built-in recurrent cells share: one kernel for the inputs, one for the state, a bias."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import activations, constraints, initializers, regularizers
from bigdl_keras.layers.rnn.base_dropout_cell import DropoutCell


class BaseCell(DropoutCell):
    """A cell whose kernels hold its `gates` side by side: ``(features, gates * units)``, ``(units, gates * units)``."""

    gates: int

    def __init__(
        self,
        units: int,
        activation: Any,
        use_bias: bool,
        kernel_initializer: Any,
        recurrent_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any,
        recurrent_regularizer: Any,
        bias_regularizer: Any,
        kernel_constraint: Any,
        recurrent_constraint: Any,
        bias_constraint: Any,
        dropout: float,
        recurrent_dropout: float,
        seed: Any,
        **kwargs: Any,
    ) -> None:
        if units <= 0:
            raise ValueError(
                "Received an invalid value for argument `units`, expected a positive integer, "
                f"got {units}."
            )
        # How stock Keras groups the products; the values do not depend on it.
        kwargs.pop("implementation", None)
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
        self.state_size: Any = units
        self.output_size = units

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make the kernels for inputs ``(batch, features)``."""
        kernel_shape, recurrent_shape = self._kernel_shapes(input_shape)
        self.kernel = self._add_parameter("kernel", kernel_shape)
        self.recurrent_kernel = self._add_parameter(
            "recurrent_kernel", recurrent_shape, argument="recurrent"
        )
        self.bias: Any = None
        if self.use_bias:
            self.bias = self._add_parameter(
                "bias", self._bias_shape(), initializer=self._initial_bias
            )
        self.built = True

    def _kernel_shapes(self, input_shape: Sequence[Any]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        width = self.gates * self.units
        return (input_shape[-1], width), (self.units, width)

    def _bias_shape(self) -> tuple[int, ...]:
        return (self.gates * self.units,)

    def _initial_bias(self, shape: Sequence[int], dtype: Any = None, **kwargs: Any) -> Any:
        return self.bias_initializer(shape, dtype=dtype)
