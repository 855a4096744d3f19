"""Adamax."""

from typing import Any

from bigdl_keras import ops
from bigdl_keras.core.variable import Variable
from bigdl_keras.optimizers.moments_optimizer import MomentsOptimizer


class Adamax(MomentsOptimizer):
    """Adam with the infinity norm in place of mean squares (Kingma and Ba, 2014).

    Arguments: see `MomentsOptimizer`.
    """

    _size = "norm"

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        dtype, index = variable.dtype, self._get_variable_index(variable)
        gradient = ops.cast(gradient, dtype)
        step = ops.cast(self.iterations + 1, dtype)
        correction = 1 - ops.power(ops.cast(self.beta_1, dtype), step)
        mean, norm = self._momentums[index], self._velocities[index]
        self.assign_add(mean, (gradient - mean) * (1 - self.beta_1))
        self.assign(norm, ops.maximum(self.beta_2 * norm, ops.absolute(gradient)))
        rate = ops.cast(learning_rate, dtype)
        self.assign_sub(variable, rate * mean / (correction * (norm + self.epsilon)))
