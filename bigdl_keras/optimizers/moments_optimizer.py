"""What the relatives of Adam share."""

from collections.abc import Sequence
from typing import Any

from bigdl_keras.core.variable import Variable
from bigdl_keras.optimizers.builtin_optimizer import BuiltinOptimizer, takes_options


class MomentsOptimizer(BuiltinOptimizer):
    """An optimizer with running means of gradients and of their sizes.

    Args:
        learning_rate: see `Optimizer`.
        beta_1: decay of the mean of gradients.
        beta_2: decay of the mean of sizes.
        epsilon: added to the size that a step is divided by.
        **options: see `Optimizer`.
    """

    # What the second state of a variable is called.
    _size = "velocity"

    @takes_options()
    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def build(self, var_list: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(var_list)
        self._momentums, self._velocities = self.add_optimizer_variables(
            var_list, ["momentum", self._size]
        )
