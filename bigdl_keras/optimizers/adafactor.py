"""Adafactor."""

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.core.variable import Variable
from bigdl_keras.optimizers.builtin_optimizer import BuiltinOptimizer, takes_options


def _rms(x: Any) -> Any:
    return ops.sqrt(ops.mean(ops.square(x)))


class Adafactor(BuiltinOptimizer):
    """Mean squares of matrices kept as row and column means only (Shazeer and Stern, 2018).

    Args:
        learning_rate: see `Optimizer`; the largest rate with `relative_step`.
        beta_2_decay: exponent with which the decay approaches one.
        epsilon_1: added to squares.
        epsilon_2: smallest scale of a weight.
        clip_threshold: largest root mean square of an update.
        relative_step: the rate falls with the root of the step.
        **options: see `Optimizer`.
    """

    @takes_options()
    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_2_decay = beta_2_decay
        self.epsilon_1 = epsilon_1
        self.epsilon_2 = epsilon_2
        self.clip_threshold = clip_threshold
        self.relative_step = relative_step

    def build(self, var_list: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(var_list)
        self._rows: list[Variable] = []
        self._columns: list[Variable] = []
        self._velocities: list[Variable] = []
        for variable in var_list:
            shape, matrix = variable.shape, len(variable.shape) >= 2
            # Vectors get two unused integers, because Keras's files hold them.
            rows = shape[:-1] if matrix else ()
            columns = (*shape[:-2], shape[-1]) if matrix else ()
            kept: dict[str, Any] = {
                "dtype": variable.dtype if matrix else "int32",
                "name": variable.name,
            }
            self._rows.append(self.add_variable(rows, **kept))
            self._columns.append(self.add_variable(columns, **kept))
            self._velocities.append(self.add_variable_from_reference(variable, "velocity"))

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        dtype, index = variable.dtype, self._get_variable_index(variable)
        gradient = ops.cast(gradient, dtype)
        rate = ops.cast(learning_rate, dtype)
        step = ops.cast(self.iterations + 1, dtype)
        falling = ops.minimum(rate, 1 / ops.sqrt(step))
        alpha = ops.maximum(_rms(variable), self.epsilon_2) * falling
        squares = ops.square(gradient) + self.epsilon_1
        decay = 1 - ops.power(step, self.beta_2_decay)
        velocity = self._velocities[index]
        if len(variable.shape) >= 2:
            rows, columns = self._rows[index], self._columns[index]
            self.assign(rows, decay * rows + (1 - decay) * ops.mean(squares, axis=-1))
            self.assign(columns, decay * columns + (1 - decay) * ops.mean(squares, axis=-2))
            share = rows / ops.mean(rows, axis=-1, keepdims=True)
            self.assign(velocity, ops.expand_dims(share, -1) * ops.expand_dims(columns, -2))
        else:
            self.assign(velocity, decay * velocity + (1 - decay) * squares)
        update = gradient / ops.sqrt(velocity)
        update = update / ops.maximum(_rms(update) / self.clip_threshold, 1.0)
        self.assign_sub(variable, alpha * update)
