"""Adadelta."""

from collections.abc import Sequence
from typing import Any, Unpack

from bigdl_keras import ops
from bigdl_keras.core.variable import Variable
from bigdl_keras.optimizers.optimizer import Optimizer
from bigdl_keras.optimizers.options import Options


class Adadelta(Optimizer):
    """Steps in the unit of the weights, from running means of squares (Zeiler, 2012).

    Args:
        learning_rate: see `Optimizer`; the paper has 1.0.
        rho: decay of the means.
        epsilon: added under the roots.
        **options: see `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho = rho
        self.epsilon = epsilon

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self._gradients, self._deltas = self.add_optimizer_variables(
            variables, ["accumulated_grad", "accumulated_delta_var"]
        )

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        index, rho = self._get_variable_index(variable), self.rho
        gradient = ops.cast(gradient, variable.dtype)
        gradients, deltas = self._gradients[index], self._deltas[index]
        self.assign(gradients, rho * gradients + (1 - rho) * ops.square(gradient))
        delta = -self._root(deltas) * gradient / self._root(gradients)
        self.assign(deltas, rho * deltas + (1 - rho) * ops.square(delta))
        self.assign_add(variable, ops.cast(learning_rate, variable.dtype) * delta)

    def _root(self, mean_square: Variable) -> Any:
        return ops.sqrt(mean_square.value + self.epsilon)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rho": self.rho, "epsilon": self.epsilon}
