"""Nadam."""

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.config import floatx
from bigdl_keras.core.variable import Variable
from bigdl_keras.optimizers.moments_optimizer import MomentsOptimizer


class Nadam(MomentsOptimizer):
    """Adam with Nesterov momentum and a warm-up of `beta_1` (Dozat, 2015).

    Arguments: see `MomentsOptimizer`.
    """

    def build(self, var_list: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(var_list)
        dtype = var_list[0].dtype if var_list else floatx()
        self._u_product = self.add_variable((), "ones", dtype=dtype, name="u_product")

    def _decay(self, step: Any, dtype: str) -> Any:
        """The warmed-up `beta_1` of a step."""
        return self.beta_1 * (1.0 - 0.5 * ops.power(ops.cast(0.96, dtype), ops.cast(step, dtype)))

    def _backend_update_step(
        self, grads: list[Any], variables: list[Variable], learning_rate: Any
    ) -> None:
        decay = self._decay(self.iterations + 1, self._u_product.dtype)
        self.assign(self._u_product, self._u_product * decay)
        super()._backend_update_step(grads, variables, learning_rate)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        dtype, index = variable.dtype, self._get_variable_index(variable)
        gradient = ops.cast(gradient, dtype)
        now = self._decay(self.iterations + 1, dtype)
        after = self._decay(self.iterations + 2, dtype)
        product = ops.cast(self._u_product, dtype)
        m, v = self._momentums[index], self._velocities[index]
        beta_1, beta_2 = ops.cast(self.beta_1, dtype), ops.cast(self.beta_2, dtype)
        self.assign_add(m, (gradient - m) * (1 - beta_1))
        self.assign_add(v, (ops.square(gradient) - v) * (1 - beta_2))
        m_hat = after * m / (1 - product * after) + (1 - now) * gradient / (1 - product)
        step = ops.cast(self.iterations + 1, dtype)
        v_hat = v / (1 - ops.power(beta_2, step))
        rate = ops.cast(learning_rate, dtype)
        self.assign_sub(variable, m_hat * rate / (ops.sqrt(v_hat) + self.epsilon))
