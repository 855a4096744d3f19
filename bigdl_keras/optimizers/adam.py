"""Adam."""

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.core.variable import Variable
from bigdl_keras.optimizers.builtin_optimizer import takes_options
from bigdl_keras.optimizers.moments_optimizer import MomentsOptimizer


class Adam(MomentsOptimizer):
    """Steps scaled by running means of gradients and their squares (Kingma and Ba, 2014).

    Args:
        learning_rate: see `Optimizer`.
        beta_1: decay of the mean of gradients.
        beta_2: decay of the mean of squares.
        epsilon: added to the root of the mean of squares.
        amsgrad: divide by the largest mean of squares so far (Reddi et al., 2018).
        **options: see `Optimizer`.
    """

    @takes_options()
    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **options)
        self.amsgrad = amsgrad

    def build(self, var_list: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(var_list)
        if self.amsgrad:
            self._velocity_hats = self.add_optimizer_variables(var_list, "velocity_hat")

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        dtype, index = variable.dtype, self._get_variable_index(variable)
        gradient = ops.cast(gradient, dtype)
        step = ops.cast(self.iterations + 1, dtype)
        correction_1 = 1 - ops.power(ops.cast(self.beta_1, dtype), step)
        correction_2 = 1 - ops.power(ops.cast(self.beta_2, dtype), step)
        alpha = ops.cast(learning_rate, dtype) * ops.sqrt(correction_2) / correction_1
        m, v = self._momentums[index], self._velocities[index]
        self.assign_add(m, (gradient - m) * (1 - self.beta_1))
        self.assign_add(v, (ops.square(gradient) - v) * (1 - self.beta_2))
        if self.amsgrad:
            largest = self._velocity_hats[index]
            self.assign(largest, ops.maximum(largest, v))
            v = largest
        self.assign_sub(variable, m * alpha / (ops.sqrt(v) + self.epsilon))
