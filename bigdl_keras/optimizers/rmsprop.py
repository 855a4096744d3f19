"""RMSprop."""

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.core.variable import Variable
from bigdl_keras.optimizers.builtin_optimizer import BuiltinOptimizer, takes_options


class RMSprop(BuiltinOptimizer):
    """Gradients divided by the root of their running mean square (Tieleman and Hinton, 2012).

    Args:
        learning_rate: see `Optimizer`.
        rho: decay of the mean.
        momentum: decay of the running sum of steps; 0 for none.
        epsilon: added under the root.
        centered: divide by the running standard deviation instead.
        **options: see `Optimizer`.
    """

    @takes_options()
    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered

    def build(self, var_list: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(var_list)
        self._velocities = self.add_optimizer_variables(var_list, "velocity")
        if self.momentum > 0:
            self._momentums = self.add_optimizer_variables(var_list, "momentum")
        if self.centered:
            self._means = self.add_optimizer_variables(var_list, "average_gradient")

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        index = self._get_variable_index(variable)
        gradient = ops.cast(gradient, variable.dtype)
        velocity = self._velocities[index]
        self.assign(velocity, self.rho * velocity + (1 - self.rho) * ops.square(gradient))
        denominator = velocity + self.epsilon
        if self.centered:
            mean = self._means[index]
            self.assign(mean, self.rho * mean + (1 - self.rho) * gradient)
            denominator = denominator - ops.square(mean)
        step = ops.cast(learning_rate, variable.dtype) * gradient / ops.sqrt(denominator)
        if self.momentum > 0:
            momentum = self._momentums[index]
            self.assign(momentum, self.momentum * momentum + step)
            step = momentum.value
        self.assign_sub(variable, step)
