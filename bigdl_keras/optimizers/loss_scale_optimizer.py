"""Dynamic loss scaling for float16."""

import inspect
from collections.abc import Sequence
from typing import Any, Self

from bigdl_keras import ops
from bigdl_keras.core.variable import Variable
from bigdl_keras.initializers import Constant
from bigdl_keras.optimizers.conditional import assign_if
from bigdl_keras.optimizers.optimizer import Optimizer


class LossScaleOptimizer(Optimizer):
    """Multiplies the loss by a scale that follows what the gradients can bear.

    Steps with an infinite or undefined gradient are left out and halve the scale; it doubles
    after `dynamic_growth_steps` good steps in a row.

    Args:
        inner_optimizer: makes the steps, on unscaled gradients.
        initial_scale: first scale.
        dynamic_growth_steps: see above.
        name: name of the optimizer.

    Raises:
        ValueError: for options of optimizers, which belong to `inner_optimizer`.
    """

    delegates = True

    def __init__(
        self,
        inner_optimizer: Optimizer,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        self._refuse_options(kwargs)
        super().__init__(learning_rate=0.0, name=name)
        self.inner_optimizer = inner_optimizer
        self.initial_scale = initial_scale
        self.dynamic_growth_steps = dynamic_growth_steps
        inner_optimizer.loss_scale_factor = None

    @staticmethod
    def _refuse_options(options: dict[str, Any]) -> None:
        # Files of older releases hold the options with the values that they have by themselves.
        empty: dict[str, Any] = {"dynamic": True}
        for name, parameter in inspect.signature(Optimizer.__init__).parameters.items():
            if parameter.default is not inspect.Parameter.empty:
                empty[name] = parameter.default
        for name, value in options.items():
            if name not in empty:
                raise ValueError(f"LossScaleOptimizer has no argument `{name}`.")
            if value != empty[name]:
                raise ValueError(
                    f"LossScaleOptimizer cannot have `{name}={value!r}`: set "
                    f"`{'loss_scale_factor' if name == 'dynamic' else name}` of the inner optimizer."
                )

    def build(self, var_list: Sequence[Variable]) -> None:
        if self.built:
            return
        self.step_counter = self.add_variable((), "zeros", dtype="int32", name="step_counter")
        self.dynamic_scale = self.add_variable(
            (), Constant(self.initial_scale), dtype="float32", name="dynamic_scale"
        )
        self.inner_optimizer.build(var_list)
        super().build(var_list)

    @property
    def variables(self) -> list[Variable]:
        """Own state, then that of the inner optimizer."""
        return [*self._variables, *self.inner_optimizer.variables]

    def apply(
        self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None
    ) -> None:
        """One step of the inner optimizer if all gradients are finite; see `Optimizer.apply`."""
        if not self.built and trainable_variables is not None:
            self.build(trainable_variables)
        finite = self.check_finite(grads)
        variables = trainable_variables or self._trainable_variables
        scale = self.dynamic_scale.value
        unscaled = [
            g if g is None or v.overwrite_with_gradient else g / ops.cast(scale, g.dtype)
            for g, v in zip(grads, variables, strict=True)
        ]
        assign_if(
            finite,
            [*self.inner_optimizer.variables, *variables],
            lambda: self.inner_optimizer.apply(unscaled, list(variables)),
        )
        grown = ops.equal(self.step_counter, self.dynamic_growth_steps - 1)
        counted = ops.where(grown, 0, self.step_counter.value + 1)
        factor = ops.where(finite, ops.where(grown, 2.0, 1.0), 0.5)
        self.step_counter.assign(ops.where(finite, counted, 0))
        self.dynamic_scale.assign(self.dynamic_scale * factor)

    def check_finite(self, grads: Sequence[Any]) -> Any:
        """Whether no element of any gradient is infinite or undefined."""
        checks = [ops.all(ops.isfinite(gradient)) for gradient in grads if gradient is not None]
        finite = checks[0]
        for check in checks[1:]:
            finite = ops.logical_and(finite, check)
        return finite

    @property
    def learning_rate(self) -> Any:
        """The rate of the inner optimizer."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.inner_optimizer.learning_rate = value

    @property
    def iterations(self) -> Any:
        """The updates of the inner optimizer."""
        return self.inner_optimizer.iterations

    def scale_loss(self, loss: Any) -> Any:
        return loss * (self.dynamic_scale if self.built else self.initial_scale)

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        self.inner_optimizer.finalize_variable_values(var_list)

    def get_config(self) -> dict[str, Any]:
        from bigdl_keras.saving import serialize_keras_object

        return {
            "name": self.name,
            "inner_optimizer": serialize_keras_object(self.inner_optimizer),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        from bigdl_keras.saving import deserialize_keras_object

        config = dict(config)
        inner = deserialize_keras_object(
            config.pop("inner_optimizer"), custom_objects=custom_objects
        )
        return cls(inner, **config)
