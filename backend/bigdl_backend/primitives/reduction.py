"""Reductions and scans along axes."""

from __future__ import annotations

import numpy as np

from bigdl_backend.graph.registry import primitive
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F
from bigdl_backend.primitives.rules import same, widened, without_axes


def _reduced(x: TensorSpec, *, axes: tuple[int, ...], keepdims: bool) -> TensorSpec:
    return x.with_shape(without_axes(x.shape, axes, keepdims))


def _reduced_bool(x: TensorSpec, *, axes: tuple[int, ...], keepdims: bool) -> TensorSpec:
    return _reduced(x, axes=axes, keepdims=keepdims).with_dtype("bool")


def _kept(value, x, axes):
    """A reduced value with its reduced axes back as 1."""
    return bind("reshape", value, shape=without_axes(x.shape, axes, keepdims=True))


def _sum_gradient(g, y, x, *, axes, keepdims):
    return (bind("broadcast_to", _kept(g, x, axes), shape=x.shape),)


@primitive("reduce_sum", shape=_reduced, gradient=_sum_gradient)
def reduce_sum(x, *, axes, keepdims):
    """The sum over `axes`, in the dtype of `x`."""
    return np.sum(widened(x), axis=axes, keepdims=keepdims, dtype=widened(x).dtype).astype(x.dtype)


def _extreme_gradient(g, y, x, *, axes, keepdims):
    """Elements equal to the extreme share the gradient equally."""
    hit = F.cast(F.equal(x, _kept(y, x, axes)), x.dtype)
    share = hit / F.sum(hit, axis=axes, keepdims=True)
    return (_kept(g, x, axes) * F.stop_gradient(share),)


@primitive("reduce_max", shape=_reduced, gradient=_extreme_gradient)
def reduce_max(x, *, axes, keepdims):
    """The largest element over `axes`."""
    return np.max(x, axis=axes, keepdims=keepdims)


@primitive("reduce_min", shape=_reduced, gradient=_extreme_gradient)
def reduce_min(x, *, axes, keepdims):
    """The smallest element over `axes`."""
    return np.min(x, axis=axes, keepdims=keepdims)


def _prod_gradient(g, y, x, *, axes, keepdims):
    # The product of all other elements, from both sides: exact where elements are zero.
    if not axes:
        return (g,)
    others = [axis for axis in range(x.ndim) if axis not in axes]
    perm = (*others, *axes)
    moved = F.transpose(x, perm)
    flat = F.reshape(moved, (*[x.shape[axis] for axis in others], -1))
    before = F.shifted_cumprod(flat, reverse=False)
    after = F.shifted_cumprod(flat, reverse=True)
    rest = F.reshape(before * after, moved.shape)
    inverse = sorted(range(x.ndim), key=perm.__getitem__)
    return (_kept(g, x, axes) * F.transpose(rest, inverse),)


@primitive("reduce_prod", shape=_reduced, gradient=_prod_gradient)
def reduce_prod(x, *, axes, keepdims):
    """The product over `axes`, in the dtype of `x`."""
    return np.prod(widened(x), axis=axes, keepdims=keepdims, dtype=widened(x).dtype).astype(x.dtype)


@primitive("reduce_any", shape=_reduced_bool)
def reduce_any(x, *, axes, keepdims):
    """Whether any element over `axes` is true."""
    return np.any(x, axis=axes, keepdims=keepdims)


@primitive("reduce_all", shape=_reduced_bool)
def reduce_all(x, *, axes, keepdims):
    """Whether all elements over `axes` are true."""
    return np.all(x, axis=axes, keepdims=keepdims)


def _index_shape(x: TensorSpec, *, axis: int) -> TensorSpec:
    return TensorSpec.of(without_axes(x.shape, (axis,)), "int32")


@primitive("argmax", shape=_index_shape)
def argmax(x, *, axis):
    """The first position of the largest element along `axis`."""
    return np.argmax(x, axis=axis).astype(np.int32)


@primitive("argmin", shape=_index_shape)
def argmin(x, *, axis):
    """The first position of the smallest element along `axis`."""
    return np.argmin(x, axis=axis).astype(np.int32)


def _accumulated(ufunc, x, axis, reverse):
    wide = widened(x)
    wide = np.flip(wide, axis) if reverse else wide
    result = ufunc.accumulate(wide, axis=axis, dtype=wide.dtype).astype(x.dtype)
    return np.flip(result, axis) if reverse else result


@primitive(
    "cumsum",
    shape=same,
    gradient=lambda g, y, x, *, axis, reverse: (bind("cumsum", g, axis=axis, reverse=not reverse),),
)
def cumsum(x, *, axis, reverse):
    """The running sum along `axis`, from the end if `reverse`."""
    return _accumulated(np.add, x, axis, reverse)


def _cumprod_gradient(g, y, x, *, axis, reverse):
    # Row i of `without` is x with element i replaced by 1, so its running product is the slope of
    # y by x[i]: quadratic in the length of the axis, but exact where elements are zero.
    length = x.shape[axis]
    last = F.moveaxis(x, axis, -1)
    g_last = F.moveaxis(g, axis, -1)
    i = F.reshape(F.arange_dim(length), (length, 1))
    k = F.reshape(F.arange_dim(length), (1, length))
    without = F.where(F.equal(i, k), 1, F.expand_dims(last, -2))
    running = bind("cumprod", without, axis=without.ndim - 1, reverse=reverse)
    reached = F.less_equal(k, i) if reverse else F.greater_equal(k, i)
    slopes = F.where(reached, running, 0) * F.expand_dims(g_last, -2)
    return (F.moveaxis(F.sum(slopes, axis=-1), -1, axis),)


@primitive("cumprod", shape=same, gradient=_cumprod_gradient)
def cumprod(x, *, axis, reverse):
    """The running product along `axis`, from the end if `reverse`."""
    return _accumulated(np.multiply, x, axis, reverse)
