"""Lion."""

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.core.variable import Variable
from bigdl_keras.optimizers.builtin_optimizer import BuiltinOptimizer, takes_options


class Lion(BuiltinOptimizer):
    """Steps of equal size in the direction of an interpolated momentum (Chen et al., 2023).

    Args:
        learning_rate: see `Optimizer`; three to ten times smaller than for Adam.
        beta_1: weight of the momentum in the direction, in (0, 1].
        beta_2: decay of the momentum.
        **options: see `Optimizer`.
    """

    @takes_options()
    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        if not 0 < beta_1 <= 1:
            raise ValueError(f"`beta_1` must be in (0, 1]; got {beta_1}.")
        self.beta_1 = beta_1
        self.beta_2 = beta_2

    def build(self, var_list: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(var_list)
        self._momentums = self.add_optimizer_variables(var_list, "momentum")

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        gradient = ops.cast(gradient, variable.dtype)
        rate = ops.cast(learning_rate, variable.dtype)
        m = self._momentums[self._get_variable_index(variable)]
        beta_1, beta_2 = ops.cast(self.beta_1, m.dtype), ops.cast(self.beta_2, m.dtype)
        direction = ops.sign(m * beta_1 + gradient * (1.0 - beta_1))
        self.assign_sub(variable, rate * direction)
        self.assign(m, m * beta_2 + gradient * (1.0 - beta_2))
