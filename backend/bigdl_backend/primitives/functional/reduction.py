"""Reductions and scans along axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_backend.graph.dims import product
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives.functional import elementwise as E
from bigdl_backend.primitives.functional.shaping import (
    concatenate,
    expand_dims,
    moveaxis,
    ravel,
    reshape,
    slice_axis,
)
from bigdl_backend.primitives.functional.values import (
    Axes,
    Value,
    as_value,
    axes_of,
    axis_of,
    cast,
    full_like,
    ones_like,
    promoted_float,
    size,
)

_WIDER = {
    "bool": "int32",
    "int8": "int32",
    "int16": "int32",
    "uint8": "uint32",
    "uint16": "uint32",
}


def _reduce(name: str, x: Any, axis: Axes, keepdims: bool) -> Any:
    axes = axes_of(axis, x.ndim)
    return bind(name, x, axes=axes, keepdims=bool(keepdims)) if axes else x


def _accumulating(x: Value) -> Any:
    """`x` in the dtype sums and products have: small integers become 32-bit ones."""
    x = as_value(x)
    return cast(x, _WIDER.get(x.dtype.name, x.dtype))


def sum(x: Value, axis: Axes = None, keepdims: bool = False) -> Any:
    """The sum over `axis` (all axes by default)."""
    return _reduce("reduce_sum", _accumulating(x), axis, keepdims)


def prod(x: Value, axis: Axes = None, keepdims: bool = False) -> Any:
    """The product over `axis`."""
    return _reduce("reduce_prod", _accumulating(x), axis, keepdims)


def max(x: Value, axis: Axes = None, keepdims: bool = False) -> Any:
    """The largest element over `axis`."""
    return _extreme("max", x, axis, keepdims)


def min(x: Value, axis: Axes = None, keepdims: bool = False) -> Any:
    """The smallest element over `axis`."""
    return _extreme("min", x, axis, keepdims)


def _extreme(kind: str, x: Value, axis: Axes, keepdims: bool) -> Any:
    x = as_value(x)
    if x.dtype == np.bool_:
        return _reduce("reduce_any" if kind == "max" else "reduce_all", x, axis, keepdims)
    return _reduce(f"reduce_{kind}", x, axis, keepdims)


def any(x: Value, axis: Axes = None, keepdims: bool = False) -> Any:
    """Whether any element over `axis` is true."""
    return _reduce("reduce_any", E.as_bool(x), axis, keepdims)


def all(x: Value, axis: Axes = None, keepdims: bool = False) -> Any:
    """Whether all elements over `axis` are true."""
    return _reduce("reduce_all", E.as_bool(x), axis, keepdims)


def _count(x: Any, axis: Axes, dtype: Any) -> Any:
    return size(product(x.shape[at] for at in axes_of(axis, x.ndim)), dtype)


def _widened(x: Value) -> tuple[Any, Any]:
    """`x` as a float of 32 bits or more, and the dtype the result has."""
    (x,) = promoted_float(x)
    return cast(x, "float32") if x.dtype.itemsize < 4 else x, x.dtype


def mean(x: Value, axis: Axes = None, keepdims: bool = False) -> Any:
    """The mean over `axis`."""
    wide, dtype = _widened(x)
    return cast(_mean(wide, axis, keepdims), dtype)


def _mean(x: Any, axis: Axes, keepdims: bool) -> Any:
    return bind("div", _reduce("reduce_sum", x, axis, keepdims), _count(x, axis, x.dtype))


def var(x: Value, axis: Axes = None, keepdims: bool = False) -> Any:
    """The (biased) variance over `axis`."""
    wide, dtype = _widened(x)
    centred = E.subtract(wide, _mean(wide, axis, keepdims=True))
    return cast(_mean(E.square(centred), axis, keepdims), dtype)


def std(x: Value, axis: Axes = None, keepdims: bool = False) -> Any:
    """The (biased) standard deviation over `axis`."""
    return E.sqrt(var(x, axis, keepdims))


def moments(x: Value, axes: Axes, keepdims: bool = False) -> tuple[Any, Any]:
    """Mean and variance over `axes`."""
    return mean(x, axes, keepdims), var(x, axes, keepdims)


def logsumexp(x: Value, axis: Axes = None, keepdims: bool = False) -> Any:
    """log(sum(exp(x))) over `axis`, without overflow."""
    (x,) = promoted_float(x)
    high = E.stop_gradient(max(x, axis, keepdims=True))
    high = E.where(E.isfinite(high), high, 0)
    total = E.log(sum(E.exp(E.subtract(x, high)), axis, keepdims=True))
    result = E.add(total, high)
    if keepdims:
        return result
    axes = axes_of(axis, x.ndim)
    return reshape(result, [dim for at, dim in enumerate(x.shape) if at not in axes])


def argmax(x: Value, axis: int | None = None, keepdims: bool = False) -> Any:
    """The first position of the largest element along `axis` (of the flattened tensor for None)."""
    return _arg("argmax", x, axis, keepdims)


def argmin(x: Value, axis: int | None = None, keepdims: bool = False) -> Any:
    """The first position of the smallest element along `axis` (of the flattened tensor for None)."""
    return _arg("argmin", x, axis, keepdims)


def _arg(name: str, x: Value, axis: int | None, keepdims: bool) -> Any:
    x = as_value(x)
    if axis is None:
        found = bind(name, ravel(x), axis=0)
        return reshape(found, (1,) * x.ndim) if keepdims else found
    at = axis_of(axis, x.ndim)
    found = bind(name, x, axis=at)
    return expand_dims(found, at) if keepdims else found


def cumsum(x: Value, axis: int | None = None, reverse: bool = False) -> Any:
    """The running sum along `axis` (of the flattened tensor for None), from the end if `reverse`."""
    x, at = _flat_or_axis(x, axis)
    return bind("cumsum", x, axis=at, reverse=reverse)


def cumprod(x: Value, axis: int | None = None, reverse: bool = False) -> Any:
    """The running product along `axis`, from the end if `reverse`."""
    x, at = _flat_or_axis(x, axis)
    return bind("cumprod", x, axis=at, reverse=reverse)


def _flat_or_axis(x: Value, axis: int | None) -> tuple[Any, int]:
    x = as_value(x)
    x = cast(x, "int32") if x.dtype == np.bool_ else x
    return (ravel(x), 0) if axis is None else (x, axis_of(axis, x.ndim))


def shifted_cumprod(x: Any, reverse: bool) -> Any:
    """The product of the elements before (after, if `reverse`) each one along the last axis."""
    last = x.shape[-1]
    one = ones_like(slice_axis(x, -1, 0, 1))
    if reverse:
        shifted = concatenate([slice_axis(x, -1, 1, last), one], -1)
    else:
        shifted = concatenate([one, slice_axis(x, -1, 0, last - 1)], -1)
    return bind("cumprod", shifted, axis=x.ndim - 1, reverse=reverse)


def average(x: Value, axis: Axes = None, weights: Value = None) -> Any:
    """The mean over `axis`, weighted if `weights` (of the shape of `x`, or of its one axis) are given."""
    if weights is None:
        return mean(x, axis)
    x, weights = promoted_float(x, weights)
    if weights.ndim != x.ndim:
        if not isinstance(axis, int):
            raise ValueError("weights of another rank than x need one axis")
        shape = [1] * x.ndim
        shape[axis_of(axis, x.ndim)] = weights.shape[0]
        weights = E.add(reshape(weights, shape), full_like(x, 0))
    return E.divide(sum(E.multiply(x, weights), axis), sum(weights, axis))


def count_nonzero(x: Value, axis: Axes = None) -> Any:
    """How many elements over `axis` are not zero."""
    return sum(cast(E.as_bool(x), "int32"), axis)


def quantile_along_last(x: Any, q: Any, method: str) -> Any:
    """The quantiles `q` (an array of numbers in [0, 1]) of the last axis, in a new first axis."""
    if method not in ("linear", "lower", "higher", "midpoint", "nearest"):
        raise ValueError(
            f"quantile method {method!r}: expected linear, lower, higher, midpoint or nearest"
        )
    axis = x.ndim - 1
    ordered = bind("sort", x, axis=axis)
    at = E.multiply(np.asarray(q, np.float64), E.subtract(size(x.shape[-1], "float64"), 1))
    low, high = E.floor(at), E.ceil(at)
    if method == "nearest":
        low = high = E.round(at)
    below, above = (bind("gather", ordered, cast(i, "int32"), axis=axis) for i in (low, high))
    part: Any = {"lower": 0.0, "nearest": 0.0, "higher": 1.0, "midpoint": 0.5}.get(method)
    if part is None:
        part = cast(E.subtract(at, low), x.dtype)
    result = E.add(E.multiply(below, E.subtract(1, part)), E.multiply(above, part))
    return moveaxis(result, -1, 0) if np.ndim(q) else result
