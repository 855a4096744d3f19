"""Other shapes and other places for the same elements."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from bigdl_backend.graph.dims import DimLike, product
from bigdl_backend.graph.tensor import Tensor
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives.functional.values import (
    Axes,
    Value,
    arange_dim,
    as_value,
    axes_of,
    axis_list,
    axis_of,
    promoted,
    shape_tuple,
)
from bigdl_backend.primitives.rules import broadcast_shapes


def reshape(x: Value, shape: Sequence[DimLike] | DimLike) -> Any:
    """`x` in another shape; one -1 stands for what is left."""
    x = as_value(x)
    wanted = shape_tuple(shape)
    unknown = [axis for axis, dim in enumerate(wanted) if isinstance(dim, int) and dim == -1]
    if len(unknown) > 1:
        raise ValueError(f"only one dimension can be -1, got the shape {wanted}")
    if unknown:
        axis = unknown[0]
        known = product(wanted[:axis] + wanted[axis + 1 :])
        total = product(x.shape)
        if isinstance(total, int) and isinstance(known, int) and (known == 0 or total % known):
            raise ValueError(f"cannot reshape {tuple(x.shape)} to {wanted}")
        wanted = (*wanted[:axis], total // known, *wanted[axis + 1 :])
    return x if tuple(x.shape) == wanted else bind("reshape", x, shape=wanted)


def ravel(x: Value) -> Any:
    """`x` as one axis."""
    return reshape(x, (-1,))


def transpose(x: Value, axes: Sequence[int] | None = None) -> Any:
    """`x` with its axes in the order `axes`, reversed by default."""
    x = as_value(x)
    perm = tuple(reversed(range(x.ndim))) if axes is None else tuple(axis_list(axes, x.ndim))
    if len(perm) != x.ndim:
        raise ValueError(f"{len(perm)} axes {perm} for a tensor of shape {tuple(x.shape)}")
    return x if perm == tuple(range(x.ndim)) else bind("transpose", x, perm=perm)


def swapaxes(x: Value, axis1: int, axis2: int) -> Any:
    """`x` with two axes exchanged."""
    x = as_value(x)
    perm = list(range(x.ndim))
    perm[axis1], perm[axis2] = perm[axis2], perm[axis1]
    return transpose(x, perm)


def moveaxis(x: Value, source: int | Sequence[int], destination: int | Sequence[int]) -> Any:
    """`x` with the axes `source` moved to `destination`, the others in their order."""
    x = as_value(x)
    sources = axis_list([source] if isinstance(source, int) else source, x.ndim)
    targets = axis_list([destination] if isinstance(destination, int) else destination, x.ndim)
    perm = [axis for axis in range(x.ndim) if axis not in sources]
    for target, origin in sorted(zip(targets, sources, strict=True)):
        perm.insert(target, origin)
    return transpose(x, perm)


def broadcast_to(x: Value, shape: Sequence[DimLike] | DimLike) -> Any:
    """`x` repeated along new axes and axes of size 1."""
    x = as_value(x)
    wanted = shape_tuple(shape)
    return x if tuple(x.shape) == wanted else bind("broadcast_to", x, shape=wanted)


def broadcast_values(*xs: Value) -> list[Any]:
    """The operands repeated to their common shape."""
    values = [as_value(x) for x in xs]
    shape = broadcast_shapes(*(tuple(x.shape) for x in values))
    return [broadcast_to(x, shape) for x in values]


def sum_to_shape(x: Value, shape: Sequence[DimLike]) -> Any:
    """The adjoint of `broadcast_to`: `x` summed over the axes that broadcasting `shape` made."""
    wanted = tuple(shape)
    if tuple(x.shape) == wanted:
        return x
    extra = x.ndim - len(wanted)
    axes = tuple(
        axis
        for axis in range(x.ndim)
        if axis < extra or (wanted[axis - extra] == 1 and x.shape[axis] != 1)
    )
    return reshape(bind("reduce_sum", x, axes=axes, keepdims=False), wanted)


def expand_dims(x: Value, axis: int | Sequence[int]) -> Any:
    """`x` with new axes of size 1 at the positions `axis` of the result."""
    x = as_value(x)
    axes = [axis] if isinstance(axis, int | np.integer) else list(axis)
    new = axis_list(axes, x.ndim + len(axes))
    rest = iter(x.shape)
    return reshape(x, [1 if at in new else next(rest) for at in range(x.ndim + len(axes))])


def squeeze(x: Value, axis: Axes = None) -> Any:
    """`x` without the given axes of size 1 (all of them by default)."""
    x = as_value(x)
    if axis is None:
        return reshape(x, [dim for dim in x.shape if dim != 1])
    axes = axes_of(axis, x.ndim)
    for at in axes:
        if x.shape[at] != 1:
            raise ValueError(f"cannot squeeze axis {at} of {tuple(x.shape)}: its size is not 1")
    return reshape(x, [dim for at, dim in enumerate(x.shape) if at not in axes])


def concatenate(xs: Sequence[Value], axis: int | None = -1) -> Any:
    """The operands one after the other along `axis` (flattened first for None)."""
    values = promoted(*xs)
    if axis is None:
        values, axis = [ravel(x) for x in values], 0
    if len(values) == 1:
        return values[0]
    return bind("concat", *values, axis=axis_of(axis, values[0].ndim))


def stack(xs: Sequence[Value], axis: int = 0) -> Any:
    """The operands, of one shape, along a new axis."""
    values = promoted(*xs)
    return concatenate([expand_dims(x, axis) for x in values], axis)


def slice_axis(x: Value, axis: int, start: DimLike, stop: DimLike, step: int = 1) -> Any:
    """``x[start:stop:step]`` on one axis; the bounds lie within `x`."""
    axis = axis_of(axis, x.ndim)
    if step == 1 and start == 0 and stop == x.shape[axis]:
        return x
    starts: list[DimLike] = [0] * x.ndim
    limits, strides = list(x.shape), [1] * x.ndim
    starts[axis], limits[axis], strides[axis] = start, stop, step
    return bind("slice", x, starts=tuple(starts), limits=tuple(limits), strides=tuple(strides))


def split(x: Value, indices_or_sections: int | Sequence[DimLike], axis: int = 0) -> list[Any]:
    """`x` cut into equal sections (a number) or before each of the given indices."""
    x = as_value(x)
    axis = axis_of(axis, x.ndim)
    length = x.shape[axis]
    if isinstance(indices_or_sections, int | np.integer):
        sections = int(indices_or_sections)
        if isinstance(length, int) and length % sections:
            raise ValueError(
                f"axis {axis} of {tuple(x.shape)} cannot be split into {sections} equal parts"
            )
        bounds: list[DimLike] = [length // sections * i for i in range(sections)] + [length]
    else:
        bounds = [0, *shape_tuple(tuple(indices_or_sections)), length]
        bounds = [
            min(bound, length) if isinstance(bound, int) and isinstance(length, int) else bound
            for bound in bounds
        ]
    return [slice_axis(x, axis, a, b) for a, b in itertools.pairwise(bounds)]


def unstack(x: Value, axis: int = 0) -> list[Any]:
    """The entries of `x` along `axis`, whose size must be known."""
    x = as_value(x)
    axis = axis_of(axis, x.ndim)
    count = x.shape[axis]
    if not isinstance(count, int):
        raise ValueError(f"cannot unstack axis {axis} of {tuple(x.shape)}: its size is not known")
    shape = [dim for at, dim in enumerate(x.shape) if at != axis]
    return [reshape(slice_axis(x, axis, i, i + 1), shape) for i in range(count)]


def flip(x: Value, axis: Axes = None) -> Any:
    """`x` backwards along `axis` (all axes by default)."""
    x = as_value(x)
    return bind("reverse", x, axes=axes_of(axis, x.ndim))


def roll(x: Value, shift: int | Sequence[int], axis: Axes = None) -> Any:
    """`x` with its elements moved by `shift`, those pushed out coming in at the other end."""
    x = as_value(x)
    if axis is None:
        return reshape(roll(ravel(x), shift, 0), x.shape)
    axes = [axis] if isinstance(axis, int) else list(axis)
    shifts = [shift] * len(axes) if isinstance(shift, int) else list(shift)
    for at, by in zip(axes, shifts, strict=True):
        at = axis_of(at, x.ndim)
        length = x.shape[at]
        cut = length - by % length if isinstance(length, int) else (-by if by < 0 else length - by)
        if cut != length:
            x = concatenate([slice_axis(x, at, cut, length), slice_axis(x, at, 0, cut)], at)
    return x


def tile(x: Value, repeats: int | Sequence[DimLike]) -> Any:
    """`x` laid out `repeats` times along each axis."""
    x = as_value(x)
    times = list(shape_tuple(repeats))
    times[:0] = [1] * (x.ndim - len(times))
    x = reshape(x, [1] * (len(times) - x.ndim) + list(x.shape))
    paired, spread, final = [], [], []
    for count, dim in zip(times, x.shape, strict=True):
        paired += [1, dim]
        spread += [count, dim]
        final.append(count * dim)
    return reshape(broadcast_to(reshape(x, paired), spread), final)


def repeat(x: Value, repeats: int | Sequence[int], axis: int | None = None) -> Any:
    """Each element of `x` `repeats` times along `axis` (flattened for None)."""
    x = as_value(x)
    if axis is None:
        x, axis = ravel(x), 0
    axis = axis_of(axis, x.ndim)
    if not isinstance(repeats, int | np.integer):
        counts = np.asarray(repeats)
        if counts.ndim and counts.size > 1:
            positions = np.repeat(np.arange(counts.size, dtype=np.int32), counts)
            return bind("gather", x, positions, axis=axis)
        repeats = int(counts.reshape(()))
    before, dim, after = x.shape[:axis], x.shape[axis], x.shape[axis + 1 :]
    spread = broadcast_to(expand_dims(x, axis + 1), (*before, dim, int(repeats), *after))
    return reshape(spread, (*before, dim * int(repeats), *after))


def pad(x: Value, pad_width: Any, mode: str = "constant", constant_values: Value = 0) -> Any:
    """`x` with more elements around it, as ``numpy.pad`` in the modes constant, reflect, symmetric and edge."""
    x = as_value(x)
    widths = _pad_widths(pad_width, x.ndim)
    if mode == "constant":
        low, high = tuple(w[0] for w in widths), tuple(w[1] for w in widths)
        value = as_value(constant_values, x.dtype)
        return bind("pad", x, value, low=low, high=high, interior=(0,) * x.ndim)
    if mode not in ("reflect", "symmetric", "edge"):
        raise ValueError(f"pad mode {mode!r}: expected constant, reflect, symmetric or edge")
    for axis, (before, after) in enumerate(widths):
        x = _pad_by_copies(x, axis, before, after, mode)
    return x


def _pad_by_copies(x: Any, axis: int, before: int, after: int, mode: str) -> Any:
    length = x.shape[axis]
    skip = 1 if mode == "reflect" else 0
    parts = [x]
    if mode == "edge":
        ones = [1] * x.ndim
        if before:
            ones[axis] = before
            parts.insert(0, tile(slice_axis(x, axis, 0, 1), ones))
        if after:
            ones[axis] = after
            parts.append(tile(slice_axis(x, axis, length - 1, length), ones))
        return concatenate(parts, axis)
    if isinstance(length, int) and max(before, after) > length - skip:
        raise ValueError(
            f"cannot pad axis {axis} of {tuple(x.shape)} by {max(before, after)} in mode {mode!r}"
        )
    if before:
        parts.insert(0, flip(slice_axis(x, axis, skip, skip + before), axis))
    if after:
        parts.append(flip(slice_axis(x, axis, length - skip - after, length - skip), axis))
    return concatenate(parts, axis)


def _pad_widths(pad_width: Any, ndim: int) -> list[tuple[int, int]]:
    if isinstance(pad_width, int):
        return [(pad_width, pad_width)] * ndim
    widths = list(pad_width)
    if len(widths) == 2 and all(isinstance(w, int) for w in widths):
        return [(widths[0], widths[1])] * ndim
    if len(widths) == 1:
        widths = widths * ndim
    if len(widths) != ndim:
        raise ValueError(f"{len(widths)} pairs of pad widths for a tensor with {ndim} axes")
    return [(w[0], w[1]) for w in widths]


def is_tensor(x: Any) -> bool:
    """Whether `x` is a traced tensor."""
    return isinstance(x, Tensor)


def diagonal_mask(rows: DimLike, columns: DimLike, k: int = 0) -> Any:
    """bool[rows, columns], true on diagonal `k`."""
    i, j = _row_and_column(rows, columns)
    return bind("eq", bind("add", i, np.asarray(k, np.int32)), j)


def lower_triangle(rows: DimLike, columns: DimLike, k: int = 0) -> Any:
    """bool[rows, columns], true on and below diagonal `k`."""
    i, j = _row_and_column(rows, columns)
    return bind("ge", bind("add", i, np.asarray(k, np.int32)), j)


def _row_and_column(rows: DimLike, columns: DimLike) -> tuple[Any, Any]:
    (rows,), (columns,) = shape_tuple(rows), shape_tuple(columns)
    i, j = arange_dim(rows), arange_dim(columns)
    return expand_dims(i, 1), expand_dims(j, 0)


def diagonal(x: Value, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The diagonal of two axes, as a new last axis."""
    x = moveaxis(x, (axis1, axis2), (-2, -1))
    rows, columns = x.shape[-2:]
    if not isinstance(rows, int) or not isinstance(columns, int):
        raise ValueError(f"the diagonal of {tuple(x.shape)} needs two axes of known size")
    i = np.arange(max(min(rows + min(offset, 0), columns - max(offset, 0)), 0), dtype=np.int32)
    positions = (i + max(-offset, 0)) * columns + i + max(offset, 0)
    flat = reshape(x, (*x.shape[:-2], rows * columns))
    return bind("gather", flat, positions, axis=x.ndim - 2)
