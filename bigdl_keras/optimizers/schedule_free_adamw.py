"""Schedule-free AdamW."""

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.core.variable import Variable
from bigdl_keras.optimizers.builtin_optimizer import BuiltinOptimizer, takes_options


class ScheduleFreeAdamW(BuiltinOptimizer):
    """Adam whose weights lie between its iterate and the average of all (Defazio et al., 2024).

    Args:
        learning_rate: see `Optimizer`; no schedule is needed.
        beta_1: share of the average in the weights.
        beta_2: decay of the mean of squares.
        epsilon: added to the root of the mean of squares.
        warmup_steps: steps in which the rate grows from zero.
        **options: see `Optimizer`.
    """

    @takes_options()
    def __init__(
        self,
        learning_rate: Any = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.warmup_steps = warmup_steps

    def build(self, var_list: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(var_list)
        # The "momentum" is the iterate, which begins at the weights.
        self._iterates, self._velocities = self.add_optimizer_variables(
            var_list, ["momentum", "velocity"]
        )
        for iterate, variable in zip(self._iterates, var_list, strict=True):
            iterate.assign(variable)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        dtype, index = variable.dtype, self._get_variable_index(variable)
        gradient = ops.cast(gradient, dtype)
        rate = ops.cast(learning_rate, dtype)
        step = ops.cast(self.iterations + 1, dtype)
        beta_1, beta_2 = ops.cast(self.beta_1, dtype), ops.cast(self.beta_2, dtype)
        if self.warmup_steps > 0:
            rate = rate * ops.minimum(step / self.warmup_steps, 1.0)
        iterate, velocity = self._iterates[index], self._velocities[index]
        average = (variable - (1 - beta_1) * iterate.value) / beta_1
        self.assign_add(velocity, (ops.square(gradient) - velocity) * (1 - beta_2))
        corrected = velocity / (1 - ops.power(beta_2, step))
        self.assign_sub(iterate, rate * gradient / (ops.sqrt(corrected) + self.epsilon))
        share = 1.0 / step
        average = (1 - share) * average + share * iterate
        self.assign(variable, (1 - beta_1) * iterate.value + beta_1 * average)
