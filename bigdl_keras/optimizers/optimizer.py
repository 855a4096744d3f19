"""Base class of optimizers."""

import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

from bigdl_keras import initializers, ops
from bigdl_keras.config import floatx
from bigdl_keras.core.name_scope import name_scope
from bigdl_keras.core.naming import auto_name
from bigdl_keras.core.saveable import KerasSaveable
from bigdl_keras.core.trace_scope import StatelessScope
from bigdl_keras.core.variable import Variable
from bigdl_keras.optimizers.clipping import clip_by_global_norm, clip_by_norm
from bigdl_keras.optimizers.conditional import assign_if
from bigdl_keras.optimizers.schedules import LearningRateSchedule


class Optimizer(KerasSaveable):
    """Changes variables by their gradients.

    Subclasses create their state in `build(variables)` and change one variable in
    `update_step(gradient, variable, learning_rate)`.

    Args:
        learning_rate: a float (kept in a variable), a `LearningRateSchedule`, or a callable
            without arguments (called once, when the step is traced).
        weight_decay: fraction of `learning_rate * weight` taken off every weight before a step.
        clipnorm: largest 2-norm of each gradient.
        clipvalue: largest absolute value of a gradient's elements.
        global_clipnorm: largest joint 2-norm of all gradients.
        use_ema: keep an exponential moving average of the weights; `fit` ends with the average.
        ema_momentum: weight of the old average.
        ema_overwrite_frequency: replace the weights by the average every so many steps.
        loss_scale_factor: the loss is multiplied, the gradients divided by it (float16).
        gradient_accumulation_steps: average the gradients of so many steps before an update.
        name: name of the optimizer and first part of the paths of its variables.

    Raises:
        ValueError: for unknown arguments, several limits at once, and values out of range.
    """

    delegates = False
    """Whether other optimizers make the steps."""

    def __init__(
        self,
        learning_rate: Any,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.name = name or auto_name(type(self).__name__)
        if kwargs.pop("decay", None) is not None:
            warnings.warn(
                f"Optimizer '{self.name}': `decay` has no effect; give `learning_rate` a "
                "LearningRateSchedule such as InverseTimeDecay.",
                stacklevel=3,
            )
        if kwargs:
            raise ValueError(f"Optimizer '{self.name}' has no arguments {sorted(kwargs)}.")
        if sum(limit is not None for limit in (clipnorm, clipvalue, global_clipnorm)) > 1:
            raise ValueError(
                f"Optimizer '{self.name}': give only one of `clipnorm` ({clipnorm}), `clipvalue` "
                f"({clipvalue}) and `global_clipnorm` ({global_clipnorm})."
            )
        if gradient_accumulation_steps and gradient_accumulation_steps < 2:
            raise ValueError(
                "`gradient_accumulation_steps` must be at least 2 (or None); "
                f"got {gradient_accumulation_steps}."
            )
        if use_ema and not 0 <= ema_momentum <= 1:
            raise ValueError(f"`ema_momentum` must be in [0, 1]; got {ema_momentum}.")
        if use_ema and ema_overwrite_frequency:
            whole = isinstance(ema_overwrite_frequency, int)
            if not whole or ema_overwrite_frequency < 1:
                raise ValueError(
                    "`ema_overwrite_frequency` must be a whole number of at least 1 (or None); "
                    f"got {ema_overwrite_frequency}."
                )
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = use_ema
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self.built = False
        self._variables: list[Variable] = []
        self._trainable_variables: list[Variable] = []
        self._index: dict[Variable, int] = {}
        self._averages: list[Variable | None] = []
        self._accumulators_of_gradients: list[Variable] = []
        self._undecayed: set[Variable] = set()
        self._undecayed_names: re.Pattern[str] | None = None
        self._iterations = self.add_variable((), "zeros", dtype="int32", name="iteration")
        self._learning_rate = self._rate(learning_rate)

    def _rate(self, learning_rate: Any) -> Any:
        if isinstance(learning_rate, LearningRateSchedule) or callable(learning_rate):
            return learning_rate
        if not isinstance(learning_rate, float):
            raise ValueError(
                f"Optimizer '{self.name}': `learning_rate` must be a float, a "
                f"LearningRateSchedule or a callable; got {learning_rate!r}."
            )
        constant = initializers.Constant(learning_rate)
        return self.add_variable((), constant, dtype=floatx(), name="learning_rate")

    def add_variable(
        self,
        shape: Sequence[int],
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: str = "none",
        layout: Any = None,
        name: str | None = None,
    ) -> Variable:
        """A new state variable, saved with the optimizer in order of creation.

        Args:
            shape: its shape.
            initializer: its first value.
            dtype: its dtype, default `floatx()`.
            aggregation: see `Variable`.
            layout: `None`; variables are whole on every worker.
            name: its name.

        Raises:
            ValueError: for a layout.
        """
        if layout is not None:
            raise ValueError(
                f"Variable '{name}' of optimizer '{self.name}' cannot have a layout: variables are "
                "whole on every worker."
            )
        with name_scope(self.name, caller=self):
            variable = Variable(
                initializers.get(initializer),
                shape=tuple(shape),
                dtype=dtype,
                trainable=False,
                aggregation=aggregation,
                name=name,
            )
        self._variables.append(variable)
        return variable

    def add_variable_from_reference(
        self, reference_variable: Variable, name: str | None = None, initializer: Any = "zeros"
    ) -> Variable:
        """A state variable of the shape and dtype of `reference_variable`, named after it."""
        name = f"{reference_variable.path.replace('/', '_')}_{name or 'var'}"
        return self.add_variable(
            reference_variable.shape, initializer, dtype=reference_variable.dtype, name=name
        )

    def add_optimizer_variables(
        self, trainable_variables: Sequence[Variable], name: Any, initializer: Any = "zeros"
    ) -> Any:
        """State variables for every trainable variable.

        Args:
            trainable_variables: the variables to optimise.
            name: a name, or a list of names for several kinds of state.
            initializer: one initializer, or one a name.

        Returns:
            A list of variables, or a tuple of lists, one a name. There is `None` for variables
            that are overwritten with their gradients: they need no state.

        Raises:
            ValueError: there are neither one initializer nor as many as names.
        """
        names = [name] if isinstance(name, str) else list(name)
        several = isinstance(initializer, (list, tuple))
        starts = list(initializer) if several else [initializer] * len(names)
        if len(starts) != len(names):
            raise ValueError(
                f"Optimizer '{self.name}' got {len(starts)} initializers for the "
                f"{len(names)} kinds of state {names}."
            )
        created: tuple[list[Variable | None], ...] = tuple([] for _ in names)
        for variable in trainable_variables:
            for store, kind, start in zip(created, names, starts, strict=True):
                stateless = variable.overwrite_with_gradient
                store.append(
                    None if stateless else self.add_variable_from_reference(variable, kind, start)
                )
        return created[0] if isinstance(name, str) else created

    def build(self, variables: Sequence[Variable]) -> None:
        """Create the state for `variables`; later calls of `apply` must use the same ones."""
        variables = list(variables)
        if self.use_ema:
            self._averages = self.add_optimizer_variables(variables, "average")
        if self.gradient_accumulation_steps:
            self._accumulators_of_gradients = [
                self.add_variable_from_reference(variable, "gradient_accumulator")
                for variable in variables
            ]
        self._trainable_variables = variables
        self._index = {variable: i for i, variable in enumerate(variables)}
        self.built = True

    @property
    def variables(self) -> list[Variable]:
        """The state: iteration, learning rate, then what `build` made."""
        return list(self._variables)

    @property
    def iterations(self) -> Any:
        """How many updates were made."""
        if self.gradient_accumulation_steps:
            return ops.floor_divide(self._iterations, self.gradient_accumulation_steps)
        return self._iterations

    @property
    def learning_rate(self) -> Any:
        """The current rate: a variable, or the value of the schedule at this iteration."""
        if isinstance(self._learning_rate, LearningRateSchedule):
            return self._learning_rate(self._iterations.value)
        if isinstance(self._learning_rate, Variable):
            return self._learning_rate
        return self._learning_rate()

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if isinstance(value, LearningRateSchedule) or callable(value):
            if isinstance(self._learning_rate, Variable):
                previous = self._learning_rate
                self._variables = [v for v in self._variables if v is not previous]
            self._learning_rate = value
        elif isinstance(self._learning_rate, Variable):
            self._learning_rate.assign(value)
        else:
            raise TypeError(
                f"Optimizer '{self.name}' follows a learning rate schedule, so its rate cannot be "
                "set. Give it a float `learning_rate` to change it during training."
            )

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Assign the new value of `variable` and of its state."""
        raise NotImplementedError(f"{type(self).__name__} must define `update_step()`.")

    def assign(self, variable: Variable, value: Any) -> None:
        """`variable = value`; all changes of `update_step` go through these three."""
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        """`variable += value`."""
        variable.assign_add(value)

    def assign_sub(self, variable: Variable, value: Any) -> None:
        """`variable -= value`."""
        variable.assign_sub(value)

    def _get_variable_index(self, variable: Variable) -> int:
        return self._index[variable]

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Variable]]) -> Variable:
        """`apply` on `(gradient, variable)` pairs; returns the iteration counter."""
        grads, variables = zip(*grads_and_vars, strict=True)
        self.apply(list(grads), list(variables))
        return self._iterations

    def apply(
        self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None
    ) -> None:
        """Make one step.

        Args:
            grads: gradients; `None` for a variable to leave alone (a warning names it).
            trainable_variables: the variables, default those given to `build`.

        Raises:
            ValueError: not built, a wrong number of gradients, or unknown variables.
        """
        if not grads:
            return
        variables = self._checked_variables(grads, trainable_variables)
        pairs = self._present(grads, variables)
        for gradient, variable in pairs:
            if variable.overwrite_with_gradient:
                self._overwrite(variable, gradient)
        pairs = [(g, v) for g, v in pairs if not v.overwrite_with_gradient]
        if pairs:
            self._update([g for g, _ in pairs], [v for _, v in pairs])
        self._iterations.assign_add(1)

    def _checked_variables(
        self, grads: Sequence[Any], variables: Sequence[Variable] | None
    ) -> list[Variable]:
        """The variables of a step, after building for them if that was not done."""
        if variables is None:
            if not self.built:
                raise ValueError(
                    f"Optimizer '{self.name}' is not built: call `build(variables)` or pass the "
                    "variables to `apply`."
                )
            variables = self._trainable_variables
        elif not self.built:
            self.build(list(variables))
        if len(grads) != len(variables):
            raise ValueError(
                f"Optimizer '{self.name}' got {len(grads)} gradients for "
                f"{len(variables)} variables."
            )
        for variable in variables:
            if variable not in self._index:
                raise ValueError(
                    f"Variable '{variable.path}' is not among those that optimizer '{self.name}' "
                    "was built with. Make a new optimizer for new variables."
                )
        return list(variables)

    def _present(
        self, grads: Sequence[Any], variables: Sequence[Variable]
    ) -> list[tuple[Any, Variable]]:
        """The variables that have a gradient, with it."""
        pairs = [(g, v) for g, v in zip(grads, variables, strict=True) if g is not None]
        if not pairs:
            raise ValueError("No gradients provided for any variable.")
        if len(pairs) < len(variables):
            missing = [v.path for g, v in zip(grads, variables, strict=True) if g is None]
            warnings.warn(
                f"No gradient reaches the variables {missing}; they stay as they are.",
                stacklevel=4,
            )
        return pairs

    def _overwrite(self, variable: Variable, gradient: Any) -> None:
        steps = self.gradient_accumulation_steps
        if not steps:
            variable.assign(gradient)
            return
        largest = self._accumulators_of_gradients[self._index[variable]]
        value = ops.maximum(gradient, largest.value)
        due = ops.equal(ops.mod(self._iterations.value + 1, steps), 0)
        variable.assign(ops.where(due, value, variable.value))
        largest.assign(ops.where(due, ops.zeros_like(value), value))

    def _update(self, grads: list[Any], variables: list[Variable]) -> None:
        if self.loss_scale_factor is not None:
            grads = [gradient / self.loss_scale_factor for gradient in grads]
        if self.gradient_accumulation_steps:
            self._accumulate(grads, variables, self.gradient_accumulation_steps)
        else:
            self._step(grads, variables)
        if self.use_ema:
            self._average(self._trainable_variables)
        for variable in variables:
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable.value))

    def _step(self, grads: list[Any], variables: list[Variable]) -> None:
        grads = self._clip_gradients(grads)
        self._apply_weight_decay(variables)
        self._backend_update_step(grads, variables, self.learning_rate)

    def _backend_update_step(
        self, grads: list[Any], variables: list[Variable], learning_rate: Any
    ) -> None:
        for gradient, variable in zip(grads, variables, strict=True):
            self.update_step(gradient, variable, learning_rate)

    def _accumulate(self, grads: list[Any], variables: list[Variable], steps: int) -> None:
        sums = [self._accumulators_of_gradients[self._index[v]] for v in variables]
        for total, gradient in zip(sums, grads, strict=True):
            total.assign_add(gradient)

        def update() -> None:
            self._step([total.value / steps for total in sums], variables)
            for total in sums:
                total.assign(ops.zeros(total.shape, dtype=total.dtype))

        due = ops.equal(ops.mod(self._iterations.value + 1, steps), 0)
        assign_if(due, [*self.variables, *variables], update)

    def _clip_gradients(self, grads: list[Any]) -> list[Any]:
        if self.clipnorm:
            return [clip_by_norm(gradient, self.clipnorm) for gradient in grads]
        if self.global_clipnorm:
            return clip_by_global_norm(grads, self.global_clipnorm)
        if self.clipvalue:
            return [ops.clip(gradient, -self.clipvalue, self.clipvalue) for gradient in grads]
        return grads

    def exclude_from_weight_decay(
        self,
        var_list: Iterable[Variable] | None = None,
        var_names: Iterable[str] | None = None,
    ) -> None:
        """Leave variables out of weight decay: those listed, and those whose names match a regex.

        Call it before training: a step that is traced already keeps its decays.
        """
        self._undecayed = set(var_list or ())
        patterns = sorted(set(var_names or ()))
        self._undecayed_names = re.compile("|".join(patterns)) if patterns else None

    def _use_weight_decay(self, variable: Variable) -> bool:
        if variable in self._undecayed:
            return False
        return self._undecayed_names is None or not self._undecayed_names.search(variable.name)

    def _decay_of(self, variable: Variable) -> float | None:
        return self.weight_decay

    def _apply_weight_decay(self, variables: Sequence[Variable]) -> None:
        for variable in variables:
            decay = self._decay_of(variable)
            if decay is not None and self._use_weight_decay(variable):
                rate = ops.cast(self.learning_rate, variable.dtype)
                variable.assign(variable.value - variable.value * decay * rate)

    def _average(self, variables: Sequence[Variable]) -> None:
        for variable, average in self._averaged(variables):
            # The first average is the first value itself.
            started = ops.cast(ops.not_equal(self.iterations, 0), variable.dtype)
            momentum = started * self.ema_momentum
            average.assign(momentum * average + (1 - momentum) * variable)
        if self.ema_overwrite_frequency:
            step = self.iterations + 1
            due = ops.equal(ops.mod(step, self.ema_overwrite_frequency), 0)
            assign_if(
                due,
                [v for pair in self._averaged(variables) for v in pair],
                lambda: self._overwrite_model_variables_with_average_value(variables),
            )

    def _overwrite_model_variables_with_average_value(self, variables: Sequence[Variable]) -> None:
        for variable, average in self._averaged(variables):
            variable.assign(average.value)

    def _averaged(self, variables: Sequence[Variable]) -> list[tuple[Variable, Variable]]:
        """Those of `variables` that have a moving average, with the average."""
        pairs = zip(variables, self._averages, strict=True)
        return [(variable, average) for variable, average in pairs if average is not None]

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """What `fit` does last: put the moving averages into the variables (with `use_ema`)."""
        if self.use_ema and self.built:
            self._overwrite_model_variables_with_average_value(var_list)

    def scale_loss(self, loss: Any) -> Any:
        """The loss to differentiate."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def stateless_apply(
        self,
        optimizer_variables: Sequence[Any],
        grads: Sequence[Any],
        trainable_variables: Sequence[Any],
    ) -> tuple[list[Any], list[Any]]:
        """New values of trainable and own variables after a step from the given values.

        Raises:
            ValueError: not built, or a wrong number of values.
        """
        if not self.built:
            raise ValueError(f"Optimizer '{self.name}' must be built before `stateless_apply`.")
        for kind, given, own in (
            ("optimizer", optimizer_variables, self.variables),
            ("trainable", trainable_variables, self._trainable_variables),
        ):
            if len(given) != len(own):
                raise ValueError(
                    f"Optimizer '{self.name}' has {len(own)} {kind} variables; got {len(given)}."
                )
        owners = [*self._trainable_variables, *self.variables]
        values = [*trainable_variables, *optimizer_variables]
        scope = StatelessScope(zip(owners, values, strict=True))
        with scope:
            self.apply(grads)
            current: Callable[[Variable], Any] = scope.get_current_value
            return (
                [current(v) for v in self._trainable_variables],
                [current(v) for v in self.variables],
            )

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Assign all state variables, in the order of `variables`."""
        if not self.built:
            raise ValueError(f"Optimizer '{self.name}' must be built before `set_weights`.")
        for variable, weight in zip(self.variables, weights, strict=True):
            variable.assign(weight)

    def save_own_variables(self, store: Any) -> None:
        """Write the state into a mapping, keyed by position."""
        for i, variable in enumerate(self.variables):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Read the state from a mapping; a warning, and nothing read, when the counts differ."""
        if len(store.keys()) != len(self.variables):
            warnings.warn(
                f"The state of optimizer '{self.name}' was not loaded: the file has "
                f"{len(store.keys())} variables, the optimizer {len(self.variables)}."
                + ("" if self.built else " It is not built yet."),
                stacklevel=2,
            )
            return
        for i, variable in enumerate(self.variables):
            variable.assign(store[str(i)])

    def _obj_type(self) -> str:
        return "Optimizer"

    def get_config(self) -> dict[str, Any]:
        """Constructor arguments that recreate this optimizer (without its state)."""
        from bigdl_keras.saving import serialize_keras_object

        if isinstance(self._learning_rate, Variable):
            learning_rate: Any = float(self._learning_rate.numpy())
        else:
            learning_rate = serialize_keras_object(self._learning_rate)
        return {
            "name": self.name,
            "learning_rate": learning_rate,
            "weight_decay": self.weight_decay,
            "clipnorm": self.clipnorm,
            "global_clipnorm": self.global_clipnorm,
            "clipvalue": self.clipvalue,
            "use_ema": self.use_ema,
            "ema_momentum": self.ema_momentum,
            "ema_overwrite_frequency": self.ema_overwrite_frequency,
            "loss_scale_factor": self.loss_scale_factor,
            "gradient_accumulation_steps": self.gradient_accumulation_steps,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Inverse of `get_config`."""
        config = dict(config)
        if isinstance(config.get("learning_rate"), dict):
            from bigdl_keras.saving import deserialize_keras_object

            config["learning_rate"] = deserialize_keras_object(
                config["learning_rate"], custom_objects=custom_objects
            )
        return cls(**config)
