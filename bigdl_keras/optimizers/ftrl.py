"""Follow the regularised leader."""

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.core.variable import Variable
from bigdl_keras.initializers import Constant
from bigdl_keras.optimizers.builtin_optimizer import BuiltinOptimizer, takes_options


class Ftrl(BuiltinOptimizer):
    """Per-coordinate rates with L1 and L2 penalties that give sparse weights (McMahan, 2013).

    Args:
        learning_rate: see `Optimizer`.
        learning_rate_power: <= 0; how the rate falls with the sum of squares (0: constant).
        initial_accumulator_value: >= 0, where the sum of squares begins.
        l1_regularization_strength: >= 0.
        l2_regularization_strength: >= 0.
        l2_shrinkage_regularization_strength: >= 0, a penalty on magnitude in the gradient.
        beta: added to the root in the per-coordinate rate.
        **options: see `Optimizer`.
    """

    @takes_options()
    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        if learning_rate_power > 0:
            raise ValueError(f"`learning_rate_power` must be <= 0; got {learning_rate_power}.")
        for key, value in {
            "initial_accumulator_value": initial_accumulator_value,
            "l1_regularization_strength": l1_regularization_strength,
            "l2_regularization_strength": l2_regularization_strength,
            "l2_shrinkage_regularization_strength": l2_shrinkage_regularization_strength,
        }.items():
            if value < 0:
                raise ValueError(f"`{key}` must be >= 0; got {value}.")
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta

    def build(self, var_list: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(var_list)
        self._accumulators, self._linears = self.add_optimizer_variables(
            var_list,
            ["accumulator", "linear"],
            [Constant(self.initial_accumulator_value), "zeros"],
        )

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        dtype, index = variable.dtype, self._get_variable_index(variable)
        gradient = ops.cast(gradient, dtype)
        rate = ops.cast(learning_rate, dtype)
        accumulator, linear = self._accumulators[index], self._linears[index]
        power, l1 = -self.learning_rate_power, self.l1_regularization_strength
        squares = accumulator + ops.square(gradient)
        strength = ops.power(squares, power) / rate
        growth = strength - ops.power(accumulator, power) / rate
        shrunk = gradient + 2 * self.l2_shrinkage_regularization_strength * variable.value
        self.assign_add(linear, shrunk - growth * variable)
        l2 = self.l2_regularization_strength + self.beta / (2.0 * rate)
        excess = ops.clip(linear, -l1, l1) - linear
        self.assign(variable, excess / (strength + 2 * l2))
        self.assign(accumulator, squares)
