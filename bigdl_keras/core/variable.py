"""Variables: named arrays that layers, optimizers and metrics keep between calls."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import ml_dtypes  # noqa: F401  (registers bfloat16 and float8 names with NumPy)
import numpy as np

from bigdl_backend.graph.tensor import OPERATORS, Tensor
from bigdl_backend.primitives import functional
from bigdl_keras.core.autocast import AutocastScope, get_autocast_scope
from bigdl_keras.core.changes import note_change
from bigdl_keras.core.dtypes import is_float_dtype, standardize_dtype
from bigdl_keras.core.keras_op import register_operand
from bigdl_keras.core.keras_tensor import KerasTensor
from bigdl_keras.core.name_scope import current_path
from bigdl_keras.core.naming import auto_name
from bigdl_keras.core.trace_scope import eager_scope, get_stateless_scope

_ALIGNMENT = 64
_AGGREGATIONS = (None, "none", "mean", "sum", "only_first_replica")


def aligned_zeros(shape: Sequence[int], dtype: Any) -> np.ndarray:
    """Zeros whose first byte lies on a cache line, as vector code likes it.

    Large ones take no memory until they are written, by the thread that then computes with them.
    """
    dtype = np.dtype(dtype)
    size = math.prod(shape) * dtype.itemsize
    raw = np.zeros(size + _ALIGNMENT, np.uint8)
    start = -raw.ctypes.data % _ALIGNMENT
    return raw[start : start + size].view(dtype).reshape(tuple(shape))


class Variable:
    """A mutable array with a name.

    Args:
        initializer: an array or number, or a callable ``(shape, dtype) -> array``, or the name of
            a built-in initializer.
        shape: needed with a callable initializer; all sizes known.
        dtype: defaults to the dtype of the initial array, else ``config.floatx()``.
        trainable: whether training changes it.
        autocast: whether layers of mixed precision read it in their compute dtype.
        aggregation: Keras's note on how replicas combine it.
        name: defaults to ``variable``, ``variable_1``, ...

    The array behind it, ``storage``, stays the same object for life and is written in place:
    training loops may hold on to it. Inside a :class:`~bigdl_keras.core.trace_scope.StatelessScope`
    reads and writes go to the scope instead.

    Raises ``ValueError`` for unknown sizes, bad names or aggregations.
    """

    def __init__(
        self,
        initializer: Any,
        shape: Sequence[int] | int | None = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: str | None = "none",
        synchronization: str | None = "auto",
        name: str | None = None,
    ) -> None:
        name = name or auto_name(type(self).__name__)
        if not isinstance(name, str) or "/" in name:
            raise ValueError(
                "Argument `name` must be a string and cannot contain character `/`. "
                f"Received: name={name}"
            )
        if aggregation not in _AGGREGATIONS:
            raise ValueError(
                f"Invalid value for argument `aggregation`. Expected one of {_AGGREGATIONS}. "
                f"Received: aggregation={aggregation}"
            )
        parent = current_path()
        self._name = name
        self._path = f"{parent}/{name}" if parent else name
        self._trainable = bool(trainable)
        self._autocast = bool(autocast)
        self._aggregation = aggregation or "none"
        self._synchronization = synchronization or "none"
        self._regularizer: Callable[..., Any] | None = None
        self._constraint: Callable[..., Any] | None = None
        self.overwrite_with_gradient = False
        self._storage = self._initial_array(initializer, shape, dtype)

    def _initial_array(self, initializer: Any, shape: Any, dtype: Any) -> np.ndarray:
        from bigdl_keras import initializers

        if isinstance(initializer, str):
            initializer = initializers.get(initializer)
        if callable(initializer):
            if shape is None:
                raise ValueError(
                    "When creating a Variable from an initializer, the `shape` argument should be "
                    f"specified. Received: initializer={initializer} and shape={shape}"
                )
            sizes = self._validated(shape)
            dtype = standardize_dtype(dtype)
            if type(initializer) is initializers.Zeros:
                return aligned_zeros(sizes, dtype)
            # The first value must not depend on where the variable happens to be made.
            with eager_scope(), AutocastScope(None):
                value = np.asarray(initializer(sizes, dtype=dtype))
            if value.shape != sizes:
                raise ValueError(
                    f"The initializer {initializer} of variable '{self._path}' returned shape "
                    f"{value.shape}; expected {sizes}"
                )
        elif isinstance(initializer, Tensor):
            raise ValueError(
                f"Variable '{self._path}' cannot begin with the symbolic value {initializer}: make "
                "variables in `build()` (with a `shape` and an `initializer`), not from the "
                "results of a traced `call()`"
            )
        else:
            value = np.asarray(initializer)
            if dtype is None and value.dtype == np.float64 and not hasattr(initializer, "dtype"):
                dtype = standardize_dtype(None)
            elif dtype is None and value.dtype == np.int64 and not hasattr(initializer, "dtype"):
                dtype = "int32"
            dtype = standardize_dtype(value.dtype if dtype is None else dtype)
        storage = aligned_zeros(value.shape, dtype)
        storage[...] = value
        return storage

    def _validated(self, shape: Any) -> tuple[int, ...]:
        sizes = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
        if not all(isinstance(size, (int, np.integer)) and size >= 0 for size in sizes):
            raise ValueError(
                "Shapes used to initialize variables must be fully-defined (no `None` "
                f"dimensions). Received: shape={shape} for variable path='{self._path}'"
            )
        return tuple(int(size) for size in sizes)

    @property
    def storage(self) -> np.ndarray:
        """The array that holds the value: one object for life, written in place."""
        return self._storage

    @property
    def value(self) -> Any:
        """The current value: an array, or inside a trace the tensor that stands for it."""
        scope = get_stateless_scope()
        value = self._storage if scope is None else scope.get_current_value(self)
        if self._autocast:
            autocast = get_autocast_scope()
            if autocast is not None:
                return autocast.maybe_cast(value)
        return value

    def numpy(self) -> np.ndarray:
        """A copy of the value."""
        return np.array(self.value)

    def _checked(self, value: Any) -> Any:
        """``value`` with the dtype of the variable; ``ValueError`` when the shape differs."""
        if isinstance(value, Variable):
            value = value.value
        if not isinstance(value, Tensor):
            value = np.asarray(value)
        if tuple(value.shape) != self.shape:
            raise ValueError(
                "The shape of the target variable and the shape of the target value in "
                f"`variable.assign(value)` must match. variable.shape={self.shape}, "
                f"Received: value.shape={tuple(value.shape)}. Target variable: {self._path}"
            )
        if value.dtype != self._storage.dtype:
            value = functional.cast(value, self._storage.dtype.name)
        return value

    def assign(self, value: Any) -> Any:
        """Set the value (converted to the variable's dtype) and return it."""
        value = self._checked(value)
        scope = get_stateless_scope()
        if scope is not None:
            scope.add_update((self, value))
        elif isinstance(value, Tensor):
            raise ValueError(
                f"Variable '{self._path}' cannot hold the symbolic value {value}: assign it inside "
                "the scope that traces it"
            )
        else:
            self._storage[...] = value
        return value

    def assign_add(self, value: Any) -> Any:
        """Add ``value`` and return the new value."""
        return self.assign(self + value)

    def assign_sub(self, value: Any) -> Any:
        """Subtract ``value`` and return the new value."""
        return self.assign(self - value)

    @property
    def dtype(self) -> str:
        """The dtype in which the value is read here."""
        scope = get_autocast_scope() if self._autocast else None
        stored = self._storage.dtype.name
        if scope is not None and scope.dtype is not None and is_float_dtype(stored):
            return scope.dtype
        return stored

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape, all sizes known."""
        return self._storage.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self._storage.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return self._storage.size

    @property
    def trainable(self) -> bool:
        """Whether training changes it."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        note_change()
        self._trainable = bool(value)

    @property
    def name(self) -> str:
        """Its own name."""
        return self._name

    @property
    def path(self) -> str:
        """Its name after the names of the layers that own it, joined by ``/``."""
        return self._path

    @property
    def autocast(self) -> bool:
        """Whether layers of mixed precision read it in their compute dtype."""
        return self._autocast

    @property
    def aggregation(self) -> str:
        """Keras's note on how replicas combine it."""
        return self._aggregation

    @property
    def synchronization(self) -> str:
        """Keras's note on when replicas combine it."""
        return self._synchronization

    @property
    def regularizer(self) -> Callable[..., Any] | None:
        """Called on the value, it gives a penalty that training adds to the loss."""
        return self._regularizer

    @regularizer.setter
    def regularizer(self, value: Callable[..., Any] | None) -> None:
        self._regularizer = _callable_or_none("regularizer", value)

    @property
    def constraint(self) -> Callable[..., Any] | None:
        """Called on the value after each update, it gives the value to keep."""
        return self._constraint

    @constraint.setter
    def constraint(self, value: Callable[..., Any] | None) -> None:
        self._constraint = _callable_or_none("constraint", value)

    def __repr__(self) -> str:
        return (
            f"<Variable path={self._path}, shape={self.shape}, dtype={self.dtype}, "
            f"value={self._storage}>"
        )

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        value = np.asarray(self.value)
        # The storage changes under whoever shares it, so sharing has to be asked for.
        return value.astype(value.dtype if dtype is None else dtype, copy=copy is not False)

    # An ndarray or a tensor on the left of an operator leaves the operator to the variable.
    __array_priority__ = 100.0
    takes_operators = True

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a variable without axes")
        return self.shape[0]

    def __int__(self) -> int:
        return int(self._scalar())

    def __float__(self) -> float:
        return float(self._scalar())

    def _scalar(self) -> Any:
        if self.ndim:
            raise TypeError(
                f"Only scalar arrays can be converted to Python scalars. Got: shape={self.shape}"
            )
        return self.value

    def __bool__(self) -> bool:
        raise TypeError("A Keras Variable cannot be used as a boolean.")

    def __getitem__(self, key: Any) -> Any:
        return OPERATORS["getitem"](self.value, key)

    def __pos__(self) -> Any:
        return self.value

    __hash__ = object.__hash__


def _callable_or_none(role: str, value: Any) -> Any:
    if value is not None and not callable(value):
        raise ValueError(
            f"Invalid value for attribute `{role}`. Expected a callable (such as a "
            f"`keras.{role}s.{role.capitalize()}` instance) or `None`. Received: {role}={value}"
        )
    return value


def _install(method: str, operator: str, operands: int, reflected: bool = False) -> None:
    """Give :class:`Variable` the operator ``method``, computed by ``OPERATORS[operator]``."""
    if operands == 1:

        def unary(self: Variable) -> Any:
            return OPERATORS[operator](self.value)

        setattr(Variable, method, unary)
        return

    def binary(self: Variable, other: Any) -> Any:
        if isinstance(other, Variable):
            other = other.value
        elif isinstance(other, KerasTensor):  # a symbolic tensor records the operation itself
            return NotImplemented
        value = self.value
        return OPERATORS[operator](other, value) if reflected else OPERATORS[operator](value, other)

    setattr(Variable, method, binary)


for _name, _operator in {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "true_divide",
    "floordiv": "floor_divide",
    "mod": "mod",
    "pow": "power",
    "matmul": "matmul",
    "and": "logical_and",
    "or": "logical_or",
    "xor": "logical_xor",
}.items():
    _install(f"__{_name}__", _operator, 2)
    _install(f"__r{_name}__", _operator, 2, reflected=True)
for _name, _operator in {
    "eq": "equal",
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
}.items():
    _install(f"__{_name}__", _operator, 2)
for _name, _operator in {"neg": "negative", "abs": "absolute", "invert": "logical_not"}.items():
    _install(f"__{_name}__", _operator, 1)

register_operand(Variable)
