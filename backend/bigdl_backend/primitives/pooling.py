"""Pooling over windows, channels last: x[N, *S, C] -> y[N, *S', C]; padding is ``((before, after), ...)``."""

from __future__ import annotations

import itertools

import numpy as np

from bigdl_backend.graph.registry import primitive
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F
from bigdl_backend.primitives.convolution import Padding, output_size
from bigdl_backend.primitives.rules import Shape, is_float, widened


def _pool_shape(
    x: TensorSpec,
    *,
    window: tuple[int, ...],
    strides: tuple[int, ...],
    padding: Padding,
    count_include_pad: bool = False,
) -> TensorSpec:
    if not len(window) == len(strides) == len(padding) == x.ndim - 2:
        raise ValueError(
            f"pooling {x.shape} needs {x.ndim - 2} windows, strides and paddings, "
            f"got {window}, {strides}, {padding}"
        )
    out = [
        output_size(*sizes, 1)
        for sizes in zip(x.shape[1:-1], window, strides, padding, strict=True)
    ]
    if any(isinstance(size, int) and size <= 0 for size in out):
        raise ValueError(
            f"the window {window} does not fit in the input {x.shape} with the padding {padding}"
        )
    return x.with_shape((x.shape[0], *out, x.shape[-1]))


def _views(padded, window, strides, out):
    """For every offset in the window, the strided view of what all windows have there."""
    for offset in itertools.product(*map(range, window)):
        yield padded[
            (
                slice(None),
                *(
                    slice(o, o + (n - 1) * s + 1, s)
                    for o, n, s in zip(offset, out, strides, strict=True)
                ),
            )
        ]


def _lowest(dtype):
    return -np.inf if is_float(dtype) else np.iinfo(dtype).min


def _padded(x, padding, value):
    return np.pad(x, ((0, 0), *padding, (0, 0)), constant_values=value)


def _unpadded(padded, shape, padding):
    inside = (slice(lo, lo + n) for n, (lo, _) in zip(shape[1:-1], padding, strict=True))
    return padded[(slice(None), *inside)]


def _out_sizes(x_shape, window, strides, padding):
    return [
        output_size(*sizes, 1)
        for sizes in zip(x_shape[1:-1], window, strides, padding, strict=True)
    ]


@primitive(
    "max_pool",
    shape=_pool_shape,
    gradient=lambda g, y, x, **attrs: (bind("max_pool_grad", x, y, g, **attrs),),
)
def max_pool(x, *, window, strides, padding):
    """The largest element under each window; padding never wins."""
    out = _out_sizes(x.shape, window, strides, padding)
    views = _views(_padded(x, padding, _lowest(x.dtype)), window, strides, out)
    result = next(views).copy()
    for view in views:
        np.maximum(result, view, out=result)
    return result


def _max_pool_grad_gradient(h, dx, x, y, g, *, window, strides, padding):
    # The primitive is linear in g: each window reads `h` where its first maximum is.
    low = (0, *(lo for lo, _ in padding), 0)
    high = (0, *(hi for _, hi in padding), 0)
    interior = (0,) * x.ndim
    x_padded = bind("pad", x, np.asarray(-np.inf, x.dtype), low=low, high=high, interior=interior)
    h_padded = bind("pad", h, np.zeros((), h.dtype), low=low, high=high, interior=interior)
    taken, total = None, None
    for offset in itertools.product(*map(range, window)):
        attrs = {
            "starts": (0, *offset, 0),
            "limits": (
                x.shape[0],
                *(
                    o + (n - 1) * s + 1
                    for o, n, s in zip(offset, y.shape[1:-1], strides, strict=True)
                ),
                x.shape[-1],
            ),
            "strides": (1, *strides, 1),
        }
        hit = F.equal(bind("slice", x_padded, **attrs), y)
        first = hit if taken is None else F.logical_and(hit, F.logical_not(taken))
        taken = hit if taken is None else F.logical_or(taken, hit)
        part = F.where(first, bind("slice", h_padded, **attrs), 0)
        total = part if total is None else total + part
    return None, None, total


@primitive("max_pool_grad", shape=lambda x, y, g, **_attrs: x, gradient=_max_pool_grad_gradient)
def max_pool_grad(x, y, g, *, window, strides, padding):
    """`g` sent to the first maximum of each window."""
    out = y.shape[1:-1]
    padded = _padded(x, padding, _lowest(x.dtype))
    result = np.zeros_like(padded)
    free = np.ones(y.shape, bool)
    for view, target in zip(
        _views(padded, window, strides, out), _views(result, window, strides, out), strict=True
    ):
        hit = free & (view == y)
        target += np.where(hit, g, g.dtype.type(0))
        free &= ~hit
    return _unpadded(result, x.shape, padding)


def _counts(shape, out, window, strides, padding, count_include_pad, dtype):
    """What each window's sum is divided by, shaped to broadcast against [N, *S', C]."""
    if count_include_pad:
        return np.full((1,) * len(shape), np.prod(window), dtype)
    ones = _padded(np.ones((1, *shape[1:-1], 1), dtype), padding, 0)
    return sum(_views(ones, window, strides, out))


def _avg_pool_gradient(g, y, x, **attrs):
    return (bind("avg_pool_grad", g, input_shape=x.shape, **attrs),)


@primitive("avg_pool", shape=_pool_shape, gradient=_avg_pool_gradient)
def avg_pool(x, *, window, strides, padding, count_include_pad):
    """The mean under each window, of the elements inside `x` only unless `count_include_pad`."""
    wide = widened(x)
    out = _out_sizes(x.shape, window, strides, padding)
    total = sum(_views(_padded(wide, padding, 0), window, strides, out))
    counts = _counts(x.shape, out, window, strides, padding, count_include_pad, wide.dtype)
    return (total / counts).astype(x.dtype)


def _avg_pool_grad_shape(g: TensorSpec, *, input_shape: Shape, **_attrs) -> TensorSpec:
    return g.with_shape(input_shape)


@primitive(
    "avg_pool_grad",
    shape=_avg_pool_grad_shape,
    gradient=lambda h, dx, g, *, input_shape, **attrs: (bind("avg_pool", h, **attrs),),
)
def avg_pool_grad(g, *, input_shape, window, strides, padding, count_include_pad):
    """The gradient of `avg_pool` with respect to its input of `input_shape`."""
    wide = widened(g)
    out = g.shape[1:-1]
    counts = _counts(input_shape, out, window, strides, padding, count_include_pad, wide.dtype)
    share = wide / counts
    padded = _padded(np.zeros(input_shape, wide.dtype), padding, 0)
    for target in _views(padded, window, strides, out):
        target += share
    return _unpadded(padded, input_shape, padding).astype(g.dtype)
