"""Primitives that move, repeat or cut elements, and those that make tensors from nothing."""

from __future__ import annotations

import numpy as np

from bigdl_backend.graph.dims import Dim, product
from bigdl_backend.graph.registry import primitive
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F
from bigdl_backend.primitives.rules import Shape, broadcast_shapes, same_dtype


def _reshape_shape(x: TensorSpec, *, shape: Shape) -> TensorSpec:
    # Sizes that involve symbolic dimensions may be equal without looking equal; ints must be.
    have, want = x.size, product(shape)
    if have != want and not (isinstance(have, Dim) or isinstance(want, Dim)):
        raise ValueError(f"cannot reshape {x.shape} ({have} elements) to {shape} ({want})")
    return x.with_shape(shape)


@primitive(
    "reshape",
    shape=_reshape_shape,
    gradient=lambda g, y, x, *, shape: (bind("reshape", g, shape=x.shape),),
)
def reshape(x, *, shape):
    """The same elements in row-major order in another shape."""
    return np.reshape(x, shape)


def _transpose_shape(x: TensorSpec, *, perm: tuple[int, ...]) -> TensorSpec:
    if sorted(perm) != list(range(x.ndim)):
        raise ValueError(f"{perm} is not a permutation of the axes of {x.shape}")
    return x.with_shape([x.shape[axis] for axis in perm])


def _transpose_gradient(g, y, x, *, perm):
    inverse = tuple(sorted(range(len(perm)), key=perm.__getitem__))
    return (bind("transpose", g, perm=inverse),)


@primitive("transpose", shape=_transpose_shape, gradient=_transpose_gradient)
def transpose(x, *, perm):
    """Axis i of the result is axis ``perm[i]`` of `x`."""
    return np.transpose(x, perm)


def _broadcast_to_shape(x: TensorSpec, *, shape: Shape) -> TensorSpec:
    if broadcast_shapes(x.shape, shape) != tuple(shape):
        raise ValueError(f"{x.shape} does not broadcast to {shape}")
    return x.with_shape(shape)


@primitive(
    "broadcast_to",
    shape=_broadcast_to_shape,
    gradient=lambda g, y, x, *, shape: (F.sum_to_shape(g, x.shape),),
)
def broadcast_to(x, *, shape):
    """`x` repeated along new axes and axes of size 1."""
    return np.broadcast_to(x, shape)


def _concat_shape(*xs: TensorSpec, axis: int) -> TensorSpec:
    first = xs[0]
    total = first.shape[axis]
    for x in xs[1:]:
        rest = [i for i in range(first.ndim) if i != axis]
        if x.ndim != first.ndim or any(x.shape[i] != first.shape[i] for i in rest):
            shapes = ", ".join(str(spec.shape) for spec in xs)
            raise ValueError(f"only axis {axis} may differ in a concatenation, got {shapes}")
        total = total + x.shape[axis]
    same_dtype(*xs)
    return first.with_shape((*first.shape[:axis], total, *first.shape[axis + 1 :]))


def _concat_gradient(g, y, *xs, axis):
    pieces, start = [], 0
    for x in xs:
        stop = start + x.shape[axis]
        pieces.append(F.slice_axis(g, axis, start, stop))
        start = stop
    return tuple(pieces)


@primitive("concat", shape=_concat_shape, gradient=_concat_gradient)
def concat(*xs, axis):
    """The operands one after the other along `axis`."""
    return np.concatenate(xs, axis=axis)


def _slice_shape(
    x: TensorSpec, *, starts: Shape, limits: Shape, strides: tuple[int, ...]
) -> TensorSpec:
    return x.with_shape(
        [
            (limit - start + stride - 1) // stride
            for start, limit, stride in zip(starts, limits, strides, strict=True)
        ]
    )


def _slice_gradient(g, y, x, *, starts, limits, strides):
    high = tuple(
        dim - (start + (out - 1) * stride + 1)
        for dim, start, out, stride in zip(x.shape, starts, y.shape, strides, strict=True)
    )
    interior = tuple(stride - 1 for stride in strides)
    zero = np.zeros((), g.dtype)
    return (bind("pad", g, zero, low=tuple(starts), high=high, interior=interior),)


@primitive("slice", shape=_slice_shape, gradient=_slice_gradient)
def slice_(x, *, starts, limits, strides):
    """``x[starts:limits:strides]`` on every axis; nothing negative, limits within `x`."""
    return x[tuple(map(slice, starts, limits, strides))]


def _pad_shape(
    x: TensorSpec, value: TensorSpec, *, low: Shape, high: Shape, interior: tuple[int, ...]
) -> TensorSpec:
    same_dtype(x, value)
    return x.with_shape(
        [
            lo + dim + (dim - 1) * inner + hi
            for dim, lo, hi, inner in zip(x.shape, low, high, interior, strict=True)
        ]
    )


def _pad_gradient(g, y, x, value, *, low, high, interior):
    limits = tuple(
        lo + (dim - 1) * (inner + 1) + 1
        for dim, lo, inner in zip(x.shape, low, interior, strict=True)
    )
    strides = tuple(inner + 1 for inner in interior)
    inside = bind("slice", g, starts=tuple(low), limits=limits, strides=strides)
    return inside, F.sum(g) - F.sum(inside)


@primitive("pad", shape=_pad_shape, gradient=_pad_gradient)
def pad(x, value, *, low, high, interior):
    """`value` added before, after and between the elements of every axis; counts are not negative."""
    shape = [
        lo + dim + (dim - 1) * inner + hi
        for dim, lo, hi, inner in zip(x.shape, low, high, interior, strict=True)
    ]
    result = np.full(shape, value, x.dtype)
    inside = tuple(
        slice(lo, lo + (dim - 1) * (inner + 1) + 1, inner + 1)
        for dim, lo, inner in zip(x.shape, low, interior, strict=True)
    )
    result[inside] = x
    return result


@primitive(
    "reverse",
    shape=lambda x, *, axes: x,
    gradient=lambda g, y, x, *, axes: (bind("reverse", g, axes=axes),),
)
def reverse(x, *, axes):
    """`x` backwards along `axes`."""
    return np.flip(x, axes)


def _window(start, shape, sizes):
    """The part of an array of `shape` that begins at `start`, moved inside where it would stick out."""
    begins = [
        min(max(int(at), 0), dim - size) for at, dim, size in zip(start, shape, sizes, strict=True)
    ]
    return tuple(slice(at, at + size) for at, size in zip(begins, sizes, strict=True))


def _dynamic_slice_gradient(g, y, x, start, *, sizes):
    return bind("dynamic_update_slice", F.zeros_like(x), g, start), None


@primitive(
    "dynamic_slice",
    shape=lambda x, start, *, sizes: x.with_shape(sizes),
    gradient=_dynamic_slice_gradient,
)
def dynamic_slice(x, start, *, sizes):
    """A block of `sizes` at a position known at run time, clamped into `x`."""
    return x[_window(start, x.shape, sizes)]


def _dynamic_update_slice_gradient(g, y, x, update, start):
    outside = bind("dynamic_update_slice", g, F.zeros_like(update), start)
    return outside, bind("dynamic_slice", g, start, sizes=update.shape), None


@primitive(
    "dynamic_update_slice",
    shape=lambda x, update, start: x,
    gradient=_dynamic_update_slice_gradient,
)
def dynamic_update_slice(x, update, start):
    """`x` with the block at `start` (clamped into `x`) replaced by `update`."""
    result = x.copy()
    result[_window(start, x.shape, update.shape)] = update
    return result


@primitive("iota", shape=lambda *, shape, axis, dtype: TensorSpec.of(shape, dtype))
def iota(*, shape, axis, dtype):
    """0, 1, 2, ... along `axis`, the same along the others."""
    numbers = np.arange(shape[axis]).astype(dtype)
    return np.broadcast_to(
        numbers.reshape([-1 if i == axis else 1 for i in range(len(shape))]), shape
    )


@primitive("dim_value", shape=lambda *, dim, dtype: TensorSpec.of((), dtype))
def dim_value(*, dim, dtype):
    """The size of a symbolic dimension as a scalar."""
    return np.asarray(dim, dtype)
