"""Products of vectors, matrices and tensors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bigdl_backend.primitives import functional as F
from bigdl_keras import config
from bigdl_keras.core.keras_op import keras_op


@keras_op
def matmul(x1: Any, x2: Any) -> Any:
    """The matrix product; products of int8 are summed in int32."""
    x1, x2 = F.as_value(x1), F.as_value(x2)
    if x1.dtype == x2.dtype == np.int8:
        x1, x2 = F.cast(x1, "int32"), F.cast(x2, "int32")
    return F.matmul(x1, x2)


@keras_op
def dot(x1: Any, x2: Any) -> Any:
    """The last axis of `x1` with the last but one of `x2`."""
    return F.dot(x1, x2)


@keras_op
def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Any:
    """Products summed over pairs of axes."""
    return F.tensordot(x1, x2, axes)


@keras_op
def einsum(subscripts: str, *operands: Any, **kwargs: Any) -> Any:
    """Einstein summation."""
    if set(kwargs) - {"optimize"}:
        raise ValueError(f"`einsum` got unexpected arguments: {sorted(kwargs)}")
    return F.einsum(subscripts, *operands)


@keras_op
def outer(x1: Any, x2: Any) -> Any:
    """All products of an element of `x1` and one of `x2`."""
    return F.outer(x1, x2)


@keras_op
def inner(x1: Any, x2: Any) -> Any:
    """The last axis of `x1` with the last of `x2`."""
    x1, x2 = F.promoted(x1, x2)
    if x1.ndim == 0 or x2.ndim == 0:
        return F.multiply(x1, x2)
    return F.tensordot(x1, x2, ([-1], [-1]))


@keras_op
def vdot(x1: Any, x2: Any) -> Any:
    """The sum of products of the flattened tensors."""
    return F.sum(F.multiply(F.ravel(x1), F.ravel(x2)))


@keras_op
def cross(
    x1: Any, x2: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Any:
    """The cross product of vectors of 2 or 3 elements."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = F.moveaxis(x1, axisa, -1), F.moveaxis(x2, axisb, -1)
    if a.shape[-1] not in (2, 3) or b.shape[-1] not in (2, 3):
        raise ValueError(
            "the axes of a cross product must have 2 or 3 elements. "
            f"Received: x1.shape={tuple(a.shape)}, x2.shape={tuple(b.shape)}"
        )
    a, b = ([F.getitem(v, (..., i)) for i in range(v.shape[-1])] for v in (a, b))

    def minor(i: int, j: int) -> Any:
        return F.subtract(F.multiply(a[i], b[j]), F.multiply(a[j], b[i]))

    if len(a) == len(b) == 2:
        return minor(0, 1)
    a, b = (v if len(v) == 3 else [*v, F.zeros_like(v[0])] for v in (a, b))
    return F.stack(F.broadcast_values(minor(1, 2), minor(2, 0), minor(0, 1)), axisc)


@keras_op
def kron(x1: Any, x2: Any) -> Any:
    """The Kronecker product."""
    x1, x2 = F.promoted(x1, x2)
    rank = max(x1.ndim, x2.ndim)
    a = F.reshape(x1, (*(1,) * (rank - x1.ndim), *x1.shape))
    b = F.reshape(x2, (*(1,) * (rank - x2.ndim), *x2.shape))
    spread_a = F.reshape(a, [dim for size in a.shape for dim in (size, 1)])
    spread_b = F.reshape(b, [dim for size in b.shape for dim in (1, size)])
    sizes = [m * n for m, n in zip(a.shape, b.shape, strict=True)]
    return F.reshape(F.multiply(spread_a, spread_b), sizes)


@keras_op
def cdist(x: Any, y: Any) -> Any:
    """Euclidean distances between the rows of `x` and of `y`."""
    x, y = F.promoted_float(x, y)
    gaps = F.subtract(F.expand_dims(x, -2), F.expand_dims(y, -3))
    return _root(F.sum(F.square(gaps), -1))


def _root(squares: Any) -> Any:
    """The square root, with slope 0 at 0."""
    zero = F.equal(squares, 0)
    return F.where(zero, 0, F.sqrt(F.where(zero, 1, squares)))


@keras_op
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """A norm of vectors (one axis) or matrices (two axes), as ``numpy.linalg.norm``.

    The matrix norms 2, -2 and "nuc" are computed on arrays only.
    """
    (x,) = F.promoted_float(x)
    if axis is None and ord is None:
        flat = _root(F.sum(F.square(x)))
        return F.reshape(flat, (1,) * x.ndim) if keepdims else flat
    axes = tuple(range(x.ndim)) if axis is None else axis
    axes = (axes,) if isinstance(axes, int) else tuple(axes)
    if len(axes) == 1:
        return _vector_norm(x, 2 if ord is None else ord, axes[0], keepdims)
    if len(axes) != 2:
        raise ValueError(f"Invalid axis values: {axis} for a tensor of shape {tuple(x.shape)}")
    if ord in (None, "fro"):
        return _root(F.sum(F.square(x), axes, keepdims))
    row, column = (at % x.ndim for at in axes)
    if ord in (1, -1, math.inf, -math.inf):
        summed, chosen = (row, column) if abs(ord) == 1 else (column, row)
        sums = F.sum(F.absolute(x), summed, keepdims=True)
        found = (F.max if ord > 0 else F.min)(sums, chosen, keepdims=True)
        return found if keepdims else F.squeeze(found, (row, column))
    if ord in (2, -2, "nuc") and not F.is_tensor(x):
        return np.linalg.norm(x, ord, (row, column), keepdims).astype(x.dtype)
    raise ValueError(f"Invalid `ord` argument {ord!r} for a matrix norm of {type(x).__name__}")


def _vector_norm(x: Any, ord: Any, axis: int, keepdims: bool) -> Any:
    if isinstance(ord, str):
        raise ValueError(f"Invalid `ord` argument for vector norm. Received: ord={ord}")
    if ord == math.inf:
        return F.max(F.absolute(x), axis, keepdims)
    if ord == -math.inf:
        return F.min(F.absolute(x), axis, keepdims)
    if ord == 0:
        return F.cast(F.sum(F.not_equal(x, 0), axis, keepdims), x.dtype)
    if ord == 2:
        return _root(F.sum(F.square(x), axis, keepdims))
    if ord == 1:
        return F.sum(F.absolute(x), axis, keepdims)
    return F.power(F.sum(F.power(F.absolute(x), ord), axis, keepdims), 1 / ord)


@keras_op
def normalize(x: Any, axis: Any = -1, order: Any = 2, epsilon: float | None = None) -> Any:
    """`x` divided by its norm over `axis`, which counts as `epsilon` at least."""
    if not isinstance(order, int) or order < 1:
        raise ValueError(f"Argument `order` must be an int >= 1. Received: order={order}")
    epsilon = config.epsilon() if epsilon is None else epsilon
    (x,) = F.promoted_float(x)
    if order == 2:
        squares = F.sum(F.square(x), axis, keepdims=True)
        return F.multiply(x, F.rsqrt(F.maximum(squares, epsilon**2)))
    length = norm(x, order, axis, keepdims=True)
    return F.divide(x, F.maximum(length, epsilon))


@keras_op
def psnr(x1: Any, x2: Any, max_val: float) -> Any:
    """The peak signal to noise ratio of two images in decibels."""
    x1, x2 = F.promoted_float(x1, x2)
    if tuple(x1.shape) != tuple(x2.shape):
        raise ValueError(f"`x1` {tuple(x1.shape)} and `x2` {tuple(x2.shape)} must have one shape")
    error = F.mean(F.square(F.subtract(x1, x2)))
    decibels = 10 / math.log(10)
    return F.multiply(F.subtract(2 * math.log(max_val), F.log(error)), decibels)
