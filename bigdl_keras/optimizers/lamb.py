"""Lamb."""

from typing import Any

from bigdl_keras import ops
from bigdl_keras.core.variable import Variable
from bigdl_keras.optimizers.moments_optimizer import MomentsOptimizer


def _norm(x: Any) -> Any:
    return ops.sqrt(ops.sum(ops.square(x)))


class Lamb(MomentsOptimizer):
    """Adam with steps scaled to the norm of each weight, for large batches (You et al., 2019).

    Arguments: see `MomentsOptimizer`.
    """

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        dtype, index = variable.dtype, self._get_variable_index(variable)
        gradient = ops.cast(gradient, dtype)
        step = ops.cast(self.iterations + 1, dtype)
        correction_1 = 1 - ops.power(ops.cast(self.beta_1, dtype), step)
        correction_2 = 1 - ops.power(ops.cast(self.beta_2, dtype), step)
        m, v = self._momentums[index], self._velocities[index]
        self.assign_add(m, (gradient - m) * (1 - self.beta_1))
        self.assign_add(v, (ops.square(gradient) - v) * (1 - self.beta_2))
        update = m / correction_1 / (ops.sqrt(v / correction_2) + self.epsilon)
        size, length = _norm(variable), _norm(update)
        both = ops.logical_and(size > 0, length > 0)
        ratio = ops.where(both, size / ops.where(both, length, 1.0), 1.0)
        self.assign_sub(variable, ratio * ops.cast(learning_rate, dtype) * update)
