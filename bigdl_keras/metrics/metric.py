"""Base class of metrics."""

from collections.abc import Sequence
from typing import Any, Self

from bigdl_keras import dtype_policies, ops, tree
from bigdl_keras.config import floatx
from bigdl_keras.core.name_scope import name_scope
from bigdl_keras.core.naming import auto_name
from bigdl_keras.core.saveable import KerasSaveable
from bigdl_keras.core.trace_scope import StatelessScope
from bigdl_keras.core.variable import Variable


class Metric(KerasSaveable):
    """A quantity accumulated over batches.

    Subclasses make variables with `add_variable`, change them in `update_state` and compute the
    value from them in `result`. An update must add to the variables, so that the changes made by
    several workers can be summed.

    Args:
        dtype: dtype or policy of state and result; default `floatx()`.
        name: name in logs.
    """

    # "up" or "down": which values are better, for callbacks that watch the metric.
    _direction: str | None = None

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or auto_name(type(self).__name__)
        self._dtype = dtype_policies.get(dtype or floatx()).compute_dtype
        self._variables: list[Variable] = []
        self._metrics: list[Metric] = []

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_"):
            for item in tree.flatten(value):
                if isinstance(item, (Metric, Variable)):
                    self._track(item)
        super().__setattr__(name, value)

    def _track(self, item: "Metric | Variable") -> None:
        if "_variables" not in vars(self):
            raise RuntimeError(
                f"{type(self).__name__}.__init__ must call super().__init__() before anything else."
            )
        store: list[Any] = self._metrics if isinstance(item, Metric) else self._variables
        if not any(item is known for known in store):
            store.append(item)

    @property
    def dtype(self) -> str:
        """dtype of state and result."""
        return self._dtype

    @property
    def variables(self) -> list[Variable]:
        """The state, that of metrics held as attributes included."""
        inner = [variable for metric in self._metrics for variable in metric.variables]
        return [*self._variables, *inner]

    def add_variable(
        self,
        shape: Sequence[int],
        initializer: Any,
        dtype: Any = None,
        aggregation: str = "sum",
        name: str | None = None,
    ) -> Variable:
        """A new state variable, non-trainable, called `name`."""
        with name_scope(self.name.replace("/", ">"), caller=self):
            variable = Variable(
                initializer,
                shape=tuple(shape),
                dtype=dtype,
                trainable=False,
                aggregation=aggregation,
                synchronization="on_read",
                name=name,
            )
        self._track(variable)
        return variable

    def add_weight(
        self,
        shape: Sequence[int] = (),
        initializer: Any = None,
        dtype: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Same as `add_variable`; the default is zeros."""
        start = "zeros" if initializer is None else initializer
        return self.add_variable(shape, start, dtype=dtype, name=name)

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Add a batch to the state."""
        raise NotImplementedError(f"{type(self).__name__} must define `update_state()`.")

    def result(self) -> Any:
        """The value (or a dict of values) of everything seen since the last reset."""
        raise NotImplementedError(f"{type(self).__name__} must define `result()`.")

    def reset_state(self) -> None:
        """Forget everything: all variables become zero."""
        for variable in self.variables:
            variable.assign(ops.zeros(variable.shape, dtype=variable.dtype))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Update, then return the result."""
        self.update_state(*args, **kwargs)
        return self.result()

    def stateless_update_state(
        self, metric_variables: Sequence[Any], *args: Any, **kwargs: Any
    ) -> list[Any]:
        """The values that `update_state` would give variables that hold `metric_variables`."""
        scope = StatelessScope(self._paired(metric_variables))
        with scope:
            self.update_state(*args, **kwargs)
            return [scope.get_current_value(variable) for variable in self.variables]

    def stateless_result(self, metric_variables: Sequence[Any]) -> Any:
        """The result if the variables held `metric_variables`."""
        with StatelessScope(self._paired(metric_variables)):
            return self.result()

    def stateless_reset_state(self) -> list[Any]:
        """The values that `reset_state` would give the variables."""
        scope = StatelessScope()
        with scope:
            self.reset_state()
            return [scope.get_current_value(variable) for variable in self.variables]

    def _paired(self, values: Sequence[Any]) -> list[tuple[Variable, Any]]:
        if len(values) != len(self.variables):
            raise ValueError(
                f"{type(self).__name__} '{self.name}' has {len(self.variables)} variables; "
                f"got {len(values)} values."
            )
        return list(zip(self.variables, values, strict=True))

    def get_config(self) -> dict[str, Any]:
        """Constructor arguments that recreate this metric."""
        return {"name": self.name, "dtype": self.dtype}

    def _obj_type(self) -> str:
        return "Metric"

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Inverse of `get_config`."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"
