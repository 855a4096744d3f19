"""``x[key]`` on traced tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_backend.graph.dims import Dim, DimLike
from bigdl_backend.graph.dims import minimum as smaller_dim
from bigdl_backend.graph.tensor import Tensor
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives.functional.indexing import in_range
from bigdl_backend.primitives.functional.shaping import (
    broadcast_values,
    concatenate,
    expand_dims,
    flip,
    moveaxis,
    reshape,
    transpose,
)
from bigdl_backend.primitives.functional.values import Value, as_value


def getitem(x: Value, key: Any) -> Any:
    """``x[key]`` for ints, slices, None, Ellipsis and integer arrays; anything NumPy takes on arrays.

    Raises:
        IndexError: more indices than axes, or an int out of range.
        TypeError: a boolean mask on a traced tensor.
    """
    parts = key if isinstance(key, tuple) else (key,)
    if not isinstance(x, Tensor):
        x = np.asarray(x)
        if not any(isinstance(part, Tensor) for part in parts):
            return x[key]
    items = _one_per_axis(parts, x)
    x = _cut([item for item in items if item is not None], x)
    shape: list[DimLike] = []
    arrays: dict[int, Any] = {}
    axis = 0
    for item in items:
        if item is None:
            shape.append(1)
            continue
        if isinstance(item, Tensor | np.ndarray):
            arrays[len(shape)] = item
        if not isinstance(item, int | Dim):
            shape.append(x.shape[axis])
        axis += 1
    return _picked(reshape(x, shape), arrays)


def _one_per_axis(parts: tuple[Any, ...], x: Any) -> list[Any]:
    """The key with Ellipsis written out; None stays, lists become arrays."""
    given = sum(part is not None and part is not Ellipsis for part in parts)
    if given > x.ndim:
        raise IndexError(f"{given} indices for a tensor of shape {tuple(x.shape)}")
    items: list[Any] = []
    rest = [slice(None)] * (x.ndim - given)
    for part in parts:
        if part is Ellipsis:
            items += rest
            rest = []
        elif part is None or isinstance(part, slice | Dim):
            items.append(part)
        elif isinstance(part, int | np.integer) and not isinstance(part, bool):
            items.append(int(part))
        else:
            array = as_value(part)
            if array.dtype.kind not in "iu":
                raise TypeError(
                    f"a traced tensor cannot be indexed with {array.dtype}: the shape would depend "
                    "on data; use ops.where"
                )
            items.append(array)
    return items + rest


def _cut(items: list[Any], x: Any) -> Any:
    """`x` after its slices and ints; an int leaves an axis of size 1."""
    backwards = [
        axis
        for axis, item in enumerate(items)
        if isinstance(item, slice) and item.step is not None and item.step < 0
    ]
    if backwards:
        x = flip(x, backwards)
    ranges = [
        _range(item, x.shape[axis], axis, axis in backwards) for axis, item in enumerate(items)
    ]
    if all(part == (0, dim, 1) for part, dim in zip(ranges, x.shape, strict=True)):
        return x
    starts, limits, strides = zip(*ranges, strict=True)
    return bind("slice", x, starts=starts, limits=limits, strides=strides)


def _range(item: Any, length: DimLike, axis: int, backwards: bool) -> tuple[DimLike, DimLike, int]:
    """Start, limit and step of one axis."""
    if isinstance(item, slice):
        start, stop, step = item.start, item.stop, int(item.step or 1)
        if backwards:
            # The same elements, counted from the other end.
            start, stop = (None if at is None else -1 - at for at in (start, stop))
        first = _bound(start, length, 0)
        last = _bound(stop, length, length)
        if isinstance(first, int) and isinstance(last, int):
            last = max(first, last)
        return first, last, abs(step)
    if isinstance(item, int | Dim):
        if isinstance(item, int) and isinstance(length, int) and not -length <= item < length:
            raise IndexError(f"index {item} is out of range for axis {axis} of size {length}")
        at = length + item if isinstance(item, int) and item < 0 else item
        return at, at + 1, 1
    return 0, length, 1


def _bound(at: Any, length: DimLike, default: DimLike) -> DimLike:
    if at is None:
        return default
    if isinstance(at, Dim):
        return at
    at = int(at)
    if at >= 0:
        return smaller_dim(at, length)
    # A symbolic axis is taken to be long enough.
    return max(length + at, 0) if isinstance(length, int) else length + at


def _picked(x: Any, arrays: dict[int, Any]) -> Any:
    """`x` indexed with integer arrays at the given axes."""
    if not arrays:
        return x
    axes = list(arrays)
    if len(axes) == 1:
        return bind("gather", x, in_range(arrays[axes[0]], x.shape[axes[0]]), axis=axes[0])
    positions = broadcast_values(*(in_range(arrays[axis], x.shape[axis]) for axis in axes))
    vectors = concatenate([expand_dims(position, -1) for position in positions], -1)
    others = [axis for axis in range(x.ndim) if axis not in axes]
    found = bind("gather_nd", transpose(x, axes + others), vectors)
    if axes != list(range(axes[0], axes[0] + len(axes))):
        return found
    new = list(range(positions[0].ndim))
    return moveaxis(found, new, [axes[0] + at for at in new])
