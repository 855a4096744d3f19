"""Adadelta."""

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.core.variable import Variable
from bigdl_keras.optimizers.builtin_optimizer import BuiltinOptimizer, takes_options


class Adadelta(BuiltinOptimizer):
    """Steps in the unit of the weights, from running means of squares (Zeiler, 2012).

    Args:
        learning_rate: see `Optimizer`; the paper has 1.0.
        rho: decay of the means.
        epsilon: added under the roots.
        **options: see `Optimizer`.
    """

    @takes_options()
    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho = rho
        self.epsilon = epsilon

    def build(self, var_list: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(var_list)
        self._gradients, self._deltas = self.add_optimizer_variables(
            var_list, ["accumulated_grad", "accumulated_delta_var"]
        )

    def update_step(self, grad: Any, variable: Variable, learning_rate: Any) -> None:
        index, rho = self._get_variable_index(variable), self.rho
        gradient = ops.cast(grad, variable.dtype)
        gradients, deltas = self._gradients[index], self._deltas[index]
        self.assign(gradients, rho * gradients + (1 - rho) * ops.square(gradient))
        delta = -self._root(deltas) * gradient / self._root(gradients)
        self.assign(deltas, rho * deltas + (1 - rho) * ops.square(delta))
        self.assign_add(variable, ops.cast(learning_rate, variable.dtype) * delta)

    def _root(self, mean_square: Variable) -> Any:
        return ops.sqrt(mean_square.value + self.epsilon)
