"""Reading and writing at positions, sorting, one-hot codes."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_backend.graph.dims import DimLike
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives.functional import elementwise as E
from bigdl_backend.primitives.functional.shaping import (
    broadcast_to,
    expand_dims,
    moveaxis,
    ravel,
    reshape,
)
from bigdl_backend.primitives.functional.values import (
    Value,
    arange_dim,
    as_value,
    axis_of,
    cast,
    full,
    promoted,
    shape_tuple,
    size,
)
from bigdl_backend.primitives.rules import broadcast_shapes


def in_range(indices: Value, length: DimLike) -> Any:
    """Indices counted from the start: negative ones wrap once, those out of range are clipped."""
    indices = as_value(indices)
    if indices.dtype.kind not in "iu":
        indices = cast(indices, "int32")
    length_value = size(length, indices.dtype)
    if indices.dtype.kind == "i":
        indices = E.where(E.less(indices, 0), E.add(indices, length_value), indices)
    return E.clip(indices, np.zeros((), indices.dtype), E.subtract(length_value, 1))


def take(x: Value, indices: Value, axis: int | None = None) -> Any:
    """The entries at `indices` along `axis` (of the flattened tensor for None)."""
    x = as_value(x)
    if axis is None:
        x, axis = ravel(x), 0
    axis = axis_of(axis, x.ndim)
    return bind("gather", x, in_range(indices, x.shape[axis]), axis=axis)


def take_along_axis(x: Value, indices: Value, axis: int | None = None) -> Any:
    """The entries of each line of `x` along `axis` at that line's own `indices`."""
    x, indices = as_value(x), as_value(indices)
    if axis is None:
        x, indices, axis = ravel(x), ravel(indices), 0
    axis = axis_of(axis, x.ndim)
    x, indices = moveaxis(x, axis, -1), moveaxis(indices, axis, -1)
    leading = broadcast_shapes(tuple(x.shape[:-1]), tuple(indices.shape[:-1]))
    x = broadcast_to(x, (*leading, x.shape[-1]))
    indices = broadcast_to(indices, (*leading, indices.shape[-1]))
    found = bind("gather", ravel(x), _flat_positions(x, indices), axis=0)
    return moveaxis(found, -1, axis)


def add_along_last_axis(x: Any, indices: Any, updates: Any) -> Any:
    """`x` with `updates` added to each line of its last axis at that line's own `indices`."""
    positions = _flat_positions(x, indices)
    flat = bind("scatter_add", ravel(x), ravel(positions), ravel(updates), axis=0)
    return reshape(flat, x.shape)


def _flat_positions(x: Any, indices: Any) -> Any:
    """Where ``x[..., indices]`` is in the flattened `x`; both have the same leading axes."""
    last = x.shape[-1]
    positions = in_range(indices, last)
    stride: Any = size(last, positions.dtype)
    for axis in range(x.ndim - 2, -1, -1):
        shape: list[DimLike] = [1] * x.ndim
        shape[axis] = x.shape[axis]
        steps = reshape(arange_dim(x.shape[axis], positions.dtype.name), shape)
        positions = E.add(positions, E.multiply(steps, stride))
        stride = E.multiply(stride, size(x.shape[axis], positions.dtype))
    return positions


def gather_nd(x: Value, indices: Value) -> Any:
    """The entries of `x` at the index vectors (in range) in the last axis of `indices`."""
    return bind("gather_nd", as_value(x), as_value(indices))


def scatter_nd_add(x: Value, indices: Value, updates: Value) -> Any:
    """`x` with `updates` added at the index vectors (in range) in the last axis of `indices`."""
    x = as_value(x)
    return bind("scatter_nd_add", x, as_value(indices), as_value(updates, x.dtype))


def dynamic_slice(x: Value, start: Value, sizes: Any) -> Any:
    """The block of `sizes` that begins at `start` (clamped into `x`)."""
    return bind("dynamic_slice", as_value(x), as_value(start, "int32"), sizes=shape_tuple(sizes))


def dynamic_update_slice(x: Value, update: Value, start: Value) -> Any:
    """`x` with the block at `start` (clamped into `x`) replaced by `update`."""
    x = as_value(x)
    return bind("dynamic_update_slice", x, as_value(update, x.dtype), as_value(start, "int32"))


def segment_sum(x: Value, segments: Value, count: DimLike) -> Any:
    """The rows of `x` summed by segment number; rows of segments outside [0, count) are left out."""
    x, segments = as_value(x), as_value(segments)
    inside = E.logical_and(E.greater_equal(segments, 0), E.less(segments, count))
    rows = (
        E.where(expand_dims(inside, list(range(1, x.ndim))), x, 0)
        if x.ndim > 1
        else (E.where(inside, x, 0))
    )
    base = full((count, *x.shape[1:]), 0, x.dtype)
    return bind("scatter_add", base, in_range(segments, count), rows, axis=0)


def one_hot(indices: Value, depth: DimLike, axis: int = -1, dtype: Any = "float32") -> Any:
    """1 at each index and 0 elsewhere along a new axis; all 0 for an index out of range."""
    indices = as_value(indices)
    if indices.dtype.kind not in "iu":
        indices = cast(indices, "int32")
    coded = bind("one_hot", indices, depth=depth, dtype=np.dtype(dtype).name)
    return coded if axis == -1 else moveaxis(coded, -1, axis)


def sort(x: Value, axis: int | None = -1) -> Any:
    """`x` in ascending order along `axis` (flattened for None)."""
    x, axis = _line_axis(x, axis)
    return bind("sort", x, axis=axis)


def argsort(x: Value, axis: int | None = -1) -> Any:
    """The positions that sort `x` along `axis` (flattened for None)."""
    x, axis = _line_axis(x, axis)
    return bind("argsort", x, axis=axis)


def _line_axis(x: Value, axis: int | None) -> tuple[Any, int]:
    x = as_value(x)
    return (ravel(x), 0) if axis is None else (x, axis_of(axis, x.ndim))


def top_k(x: Value, k: int) -> tuple[Any, Any]:
    """The `k` largest elements of the last axis in descending order, and their positions."""
    return bind("top_k", as_value(x), k=int(k))


def searchsorted(sorted_sequence: Value, values: Value, side: str = "left") -> Any:
    """Where `values` belong in a sorted vector: int32 positions before (left) or after equal elements."""
    if side not in ("left", "right"):
        raise ValueError(f"side {side!r}: expected left or right")
    return bind("searchsorted", *promoted(sorted_sequence, values), side=side)


def add_at(x: Value, indices: Value, updates: Value) -> Any:
    """`x` with `updates` added at `indices` (in range) of the last axis; repeats add up."""
    x = as_value(x)
    return bind("scatter_add", x, as_value(indices), as_value(updates, x.dtype), axis=x.ndim - 1)
