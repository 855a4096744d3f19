"""Muon."""

import math
import re
from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.core.variable import Variable
from bigdl_keras.optimizers.builtin_optimizer import BuiltinOptimizer, takes_options


class Muon(BuiltinOptimizer):
    """Orthogonalised momentum for matrices, Adam for everything else (Jordan, 2024).

    Args:
        learning_rate: see `Optimizer`.
        adam_beta_1: Adam's decay of the mean of gradients.
        adam_beta_2: Adam's decay of the mean of squares.
        adam_weight_decay: weight decay where Adam is used.
        epsilon: Adam's epsilon.
        weight_decay: weight decay where Muon is used.
        exclude_layers: regexes of variable paths that Adam takes.
        exclude_embeddings: whether Adam takes embeddings.
        muon_a, muon_b, muon_c: coefficients of the Newton-Schulz iteration.
        adam_lr_ratio: Adam's rate as a multiple of `learning_rate`.
        momentum: decay of Muon's momentum.
        ns_steps: Newton-Schulz iterations.
        nesterov: look ahead with the momentum.
        rms_rate: root mean square of an update relative to the rate; `None` for no scaling.
        **options: see `Optimizer`.
    """

    @takes_options(before="exclude_layers")
    def __init__(
        self,
        learning_rate: Any = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.775,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, **options)
        self.adam_beta_1 = adam_beta_1
        self.adam_beta_2 = adam_beta_2
        self.adam_weight_decay = adam_weight_decay
        self.epsilon = epsilon
        self.exclude_layers = list(exclude_layers or [])
        self.exclude_embeddings = exclude_embeddings
        self.muon_a = muon_a
        self.muon_b = muon_b
        self.muon_c = muon_c
        self.adam_lr_ratio = adam_lr_ratio
        self.momentum = momentum
        self.ns_steps = ns_steps
        self.nesterov = nesterov
        self.rms_rate = rms_rate

    def _takes_adam(self, variable: Variable) -> bool:
        if len(variable.shape) != 2:
            return True
        if self.exclude_embeddings and "embedding" in variable.path.lower():
            return True
        return any(re.search(pattern, variable.path) for pattern in self.exclude_layers)

    def build(self, var_list: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(var_list)
        self._momentums: list[Variable] = []
        self._velocities: dict[Variable, Variable] = {}
        for variable in var_list:
            self._momentums.append(self.add_variable_from_reference(variable, "momentum"))
            if self._takes_adam(variable):
                velocity = self.add_variable_from_reference(variable, "velocity")
                self._velocities[variable] = velocity

    def _decay_of(self, variable: Variable) -> float | None:
        return self.adam_weight_decay if self._takes_adam(variable) else self.weight_decay

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        gradient = ops.cast(gradient, variable.dtype)
        rate = ops.cast(learning_rate, variable.dtype)
        momentum = self._momentums[self._get_variable_index(variable)]
        if variable in self._velocities:
            self._adam_step(gradient, variable, rate * self.adam_lr_ratio, momentum)
            return
        self.assign_add(momentum, gradient + momentum.value * (self.momentum - 1))
        ahead = gradient + self.momentum * momentum.value if self.nesterov else momentum.value
        direction = self.zeropower_via_newtonschulz5(ahead, self.ns_steps)
        self.assign_sub(variable, rate * self.lr_adjust(direction))

    def _adam_step(self, gradient: Any, variable: Variable, rate: Any, m: Variable) -> None:
        dtype, v = variable.dtype, self._velocities[variable]
        step = ops.cast(self.iterations + 1, dtype)
        correction_1 = 1 - ops.power(ops.cast(self.adam_beta_1, dtype), step)
        correction_2 = 1 - ops.power(ops.cast(self.adam_beta_2, dtype), step)
        alpha = rate * ops.sqrt(correction_2) / correction_1
        self.assign_add(m, (gradient - m) * (1 - self.adam_beta_1))
        self.assign_add(v, (ops.square(gradient) - v) * (1 - self.adam_beta_2))
        self.assign_sub(variable, m * alpha / (ops.sqrt(v) + self.epsilon))

    def zeropower_via_newtonschulz5(self, x: Any, steps: int) -> Any:
        """The nearest orthogonal matrix, roughly: a polynomial drives singular values to one.

        Args:
            x: matrices, (..., rows, columns).
            steps: iterations.

        Raises:
            ValueError: `x` has fewer than two axes.
        """
        if len(x.shape) < 2:
            raise ValueError(f"Muon needs matrices to make orthogonal; got shape {x.shape}.")
        tall = x.shape[-2] > x.shape[-1]
        x = self.transpose_last_axis(x) if tall else x
        squares = ops.sum(ops.square(x), axis=(-2, -1), keepdims=True)
        x = x / (ops.sqrt(squares) + 1e-7)
        for _ in range(steps):
            gram = ops.matmul(x, self.transpose_last_axis(x))
            mixed = self.muon_b * gram + self.muon_c * ops.matmul(gram, gram)
            x = self.muon_a * x + ops.matmul(mixed, x)
        return self.transpose_last_axis(x) if tall else x

    def transpose_last_axis(self, X: Any) -> Any:
        """The matrices in `X`, (..., rows, columns), transposed."""
        return ops.swapaxes(X, -2, -1)

    def lr_adjust(self, x: Any) -> Any:
        """A step of an orthogonal matrix scaled to the size of Adam's steps (Liu et al., 2025)."""
        if self.rms_rate is None:
            return x
        return x * (math.sqrt(max(x.shape[0], x.shape[1])) * self.rms_rate)
