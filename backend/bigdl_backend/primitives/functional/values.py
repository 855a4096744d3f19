"""From anything a user may pass to operands of one dtype."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bigdl_backend.graph.dims import Dim, DimLike
from bigdl_backend.graph.dtypes import default_float, result_type
from bigdl_backend.graph.tensor import Tensor
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives.rules import is_float

Value = Any  # Tensor | np.ndarray | Python scalar | nested sequence of these
Axes = int | Sequence[int] | None


def as_value(x: Value, dtype: Any = None) -> Any:
    """`x` as a Tensor or ndarray, of `dtype` if it is given.

    Python numbers and lists of them take Keras's defaults: int32, the default float, bool. Lists that
    hold tensors are stacked.
    """
    if isinstance(x, Dim):
        x = bind("dim_value", dim=x, dtype="int32")
    if isinstance(x, list | tuple) and _holds_tensor(x):
        parts = [as_value(item) for item in x]
        common = result_type(*parts)
        rows = [bind("reshape", cast(part, common), shape=(1, *part.shape)) for part in parts]
        x = bind("concat", *rows, axis=0)
    if not isinstance(x, Tensor):
        x = _as_array(x, dtype)
    return x if dtype is None else cast(x, dtype)


def _holds_tensor(x: Sequence[Any]) -> bool:
    return any(
        isinstance(item, Tensor | Dim) or (isinstance(item, list | tuple) and _holds_tensor(item))
        for item in x
    )


def _as_array(x: Any, dtype: Any) -> np.ndarray:
    if x is None:
        raise ValueError("None is not a tensor: does a function lack its `return`?")
    if isinstance(x, np.ndarray | np.generic) or hasattr(x, "__array__"):
        return np.asarray(x)
    if dtype is not None:
        return np.asarray(x, dtype)
    array = np.asarray(x)
    if array.dtype == np.int64:
        return array.astype(np.int32)
    if array.dtype == np.float64 and not _holds_array(x):
        return array.astype(default_float())
    return array


def _holds_array(x: Any) -> bool:
    return isinstance(x, np.ndarray | np.generic) or (
        isinstance(x, list | tuple) and any(_holds_array(item) for item in x)
    )


def cast(x: Value, dtype: Any) -> Any:
    """`x` converted to `dtype`."""
    x = x if isinstance(x, Tensor) else np.asarray(x)
    dtype = np.dtype(dtype)
    return x if x.dtype == dtype else bind("cast", x, dtype=dtype.name)


def _weak(x: Value) -> Value:
    """What decides the result dtype: Python scalars stay weak, everything else becomes a value."""
    return x if isinstance(x, bool | int | float) and not isinstance(x, np.generic) else as_value(x)


def _operands(xs: Sequence[Value]) -> list[Value]:
    """What decides the result dtype of an operation on `xs`.

    NumPy's habit of making float64 does not spread from constants over the tensors of a graph,
    unless float64 was asked for.
    """
    values = [_weak(x) for x in xs]
    tensors = [x for x in values if isinstance(x, Tensor)]
    if not tensors or default_float() == "float64" or any(t.dtype == np.float64 for t in tensors):
        return values
    return [
        x.astype(np.float32) if isinstance(x, np.ndarray) and x.dtype == np.float64 else x
        for x in values
    ]


def promoted(*xs: Value) -> list[Any]:
    """The operands converted to their common dtype."""
    first = getattr(xs[0], "dtype", None)
    if all(isinstance(x, Tensor | np.ndarray) and x.dtype == first for x in xs):
        return list(xs)
    values = _operands(xs)
    dtype = result_type(*values)
    return [as_value(x, dtype) for x in values]


def promoted_float(*xs: Value) -> list[Any]:
    """The operands converted to their common floating-point dtype (the default float for integers)."""
    values = _operands(xs)
    dtype = result_type(*values)
    if not is_float(dtype):
        dtype = np.dtype(default_float())
    return [as_value(x, dtype) for x in values]


def axes_of(axis: Axes, ndim: int) -> tuple[int, ...]:
    """Axes as sorted non-negative numbers; None means all.

    Raises:
        ValueError: an axis that the tensor does not have, or one given twice.
    """
    if axis is None:
        return tuple(range(ndim))
    axes = (axis,) if isinstance(axis, int | np.integer) else tuple(axis)
    return tuple(sorted(axis_list(axes, ndim)))


def axis_list(axes: Sequence[int], ndim: int) -> list[int]:
    """Axes as non-negative numbers, in the order given."""
    found = [axis_of(axis, ndim) for axis in axes]
    if len(set(found)) != len(found):
        raise ValueError(f"an axis is repeated in {tuple(axes)} (of a tensor with {ndim} axes)")
    return found


def axis_of(axis: int, ndim: int) -> int:
    """One axis as a non-negative number."""
    if not -ndim <= axis < ndim:
        raise ValueError(f"axis {axis} is out of range for a tensor with {ndim} axes")
    return int(axis) % ndim


def size(dim: DimLike, dtype: Any = "int32") -> Any:
    """A dimension as a scalar of `dtype`."""
    if isinstance(dim, Dim):
        return bind("dim_value", dim=dim, dtype=np.dtype(dtype).name)
    return np.asarray(dim, dtype)


def full_like(x: Value, fill_value: Value, dtype: Any = None) -> Any:
    """`fill_value` repeated to the shape of `x`, in the dtype of `x` unless another is given."""
    x = as_value(x)
    fill = as_value(fill_value, x.dtype if dtype is None else dtype)
    if isinstance(x, Tensor) and not isinstance(fill, Tensor):
        # As a node: a constant of that shape would be stored in the graph.
        fill = x.graph.constant(fill)
    return _repeated(fill, tuple(x.shape))


def _repeated(fill: Any, shape: tuple[DimLike, ...]) -> Any:
    result = bind("broadcast_to", fill, shape=shape)
    # Arrays handed to users can be written to.
    return result if isinstance(result, Tensor) else np.array(result)


def zeros_like(x: Value, dtype: Any = None) -> Any:
    """Zeros in the shape of `x`."""
    return full_like(x, 0, dtype)


def ones_like(x: Value, dtype: Any = None) -> Any:
    """Ones in the shape of `x`."""
    return full_like(x, 1, dtype)


def full(shape: Sequence[DimLike] | DimLike, fill_value: Value, dtype: Any = None) -> Any:
    """`fill_value` repeated to `shape`."""
    fill = as_value(fill_value, dtype)
    return _repeated(fill, shape_tuple(shape))


def arange_dim(length: DimLike, dtype: str = "int32") -> Any:
    """0, 1, ..., length - 1."""
    return bind("iota", shape=(length,), axis=0, dtype=dtype)


def shape_tuple(shape: Sequence[DimLike] | DimLike) -> tuple[DimLike, ...]:
    """A shape from a sequence or one number, of plain ints and symbolic dimensions."""
    if isinstance(shape, int | np.integer | Dim):
        shape = (shape,)
    return tuple(dim if isinstance(dim, Dim) else int(dim) for dim in shape)
