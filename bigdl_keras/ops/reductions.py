"""Sums, means, extremes and scans."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from bigdl_backend.graph.replica import is_distributed
from bigdl_backend.primitives import functional as F
from bigdl_keras.core.dtypes import standardize_dtype
from bigdl_keras.core.keras_op import keras_op


def _reduction(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def operation(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        return function(x, axis, keepdims)

    operation.__name__ = operation.__qualname__ = name
    operation.__doc__ = function.__doc__
    return keras_op(operation)


sum = _reduction("sum", F.sum)
mean = _reduction("mean", F.mean)
var = _reduction("var", F.var)
std = _reduction("std", F.std)
any = _reduction("any", F.any)
all = _reduction("all", F.all)
amax = _reduction("amax", F.max)
amin = _reduction("amin", F.min)
argmax = _reduction("argmax", F.argmax)
argmin = _reduction("argmin", F.argmin)
logsumexp = _reduction("logsumexp", F.logsumexp)


@keras_op
def max(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Any:
    """The largest element over `axis`, at least `initial`."""
    found = F.max(x, axis, keepdims)
    return found if initial is None else F.maximum(found, initial)


@keras_op
def min(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Any:
    """The smallest element over `axis`, at most `initial`."""
    found = F.min(x, axis, keepdims)
    return found if initial is None else F.minimum(found, initial)


@keras_op
def prod(x: Any, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> Any:
    """The product over `axis`."""
    return F.prod(x if dtype is None else F.cast(x, standardize_dtype(dtype)), axis, keepdims)


@keras_op
def ptp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The largest element minus the smallest."""
    return F.subtract(F.max(x, axis, keepdims), F.min(x, axis, keepdims))


@keras_op
def moments(x: Any, axes: Any, keepdims: bool = False, synchronized: bool = False) -> Any:
    """Mean and variance over `axes`.

    Raises:
        NotImplementedError: `synchronized` in a step that several workers share.
    """
    if synchronized and is_distributed():
        raise NotImplementedError(
            "`moments(synchronized=True)` on several workers: use `BatchNormalization`, which "
            "keeps its statistics together"
        )
    return F.moments(x, axes, keepdims)


@keras_op
def average(x: Any, axis: Any = None, weights: Any = None) -> Any:
    """The mean over `axis`, weighted by `weights`."""
    return F.average(x, axis, weights)


@keras_op
def count_nonzero(x: Any, axis: Any = None) -> Any:
    """How many elements over `axis` are not zero."""
    return F.count_nonzero(x, axis)


def _running(function: Callable[..., Any], x: Any, axis: Any, dtype: Any) -> Any:
    return function(x if dtype is None else F.cast(F.as_value(x), standardize_dtype(dtype)), axis)


@keras_op
def cumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """The running sum along `axis`."""
    return _running(F.cumsum, x, axis, dtype)


@keras_op
def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """The running product along `axis`."""
    return _running(F.cumprod, x, axis, dtype)


@keras_op
def quantile(
    x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """The quantiles `q` (in [0, 1]) over `axis`; several stand in a new first axis."""
    (x,) = F.promoted_float(x)
    axes = F.axes_of(axis, x.ndim)
    others = [at for at in range(x.ndim) if at not in axes]
    lines = F.transpose(x, (*others, *axes))
    lines = F.reshape(lines, (*[x.shape[at] for at in others], -1))
    found = F.quantile_along_last(lines, np.asarray(q), method)
    if not keepdims:
        return found
    kept = [1 if at in axes else x.shape[at] for at in range(x.ndim)]
    return F.reshape(found, (*np.shape(q), *kept))


@keras_op
def percentile(
    x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """The percentiles `q` (in [0, 100]) over `axis`."""
    return quantile(x, np.asarray(q) / 100, axis, method, keepdims)


@keras_op
def median(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The middle element over `axis` (the mean of the two middle ones)."""
    return quantile(x, 0.5, axis, "linear", keepdims)


def _instead_of_nan(x: Any, value: float) -> Any:
    x = F.as_value(x)
    return F.where(F.isnan(x), value, x) if x.dtype.kind not in "iub" else x


def _present(x: Any, axis: Any, keepdims: bool) -> Any:
    return F.sum(F.logical_not(F.isnan(x)), axis, keepdims)


def _nan_reduction(name: str, function: Callable[..., Any], fill: float, doc: str) -> Any:
    def operation(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        found = function(_instead_of_nan(x, fill), axis, keepdims)
        if math.isfinite(fill):
            return found
        return F.where(F.equal(_present(x, axis, keepdims), 0), math.nan, found)

    operation.__name__ = operation.__qualname__ = name
    operation.__doc__ = doc
    return keras_op(operation)


nansum = _nan_reduction("nansum", F.sum, 0.0, "The sum over `axis` of elements that are not NaN.")
nanprod = _nan_reduction("nanprod", F.prod, 1.0, "The product of elements that are not NaN.")
nanmax = _nan_reduction("nanmax", F.max, -math.inf, "The largest element that is not NaN.")
nanmin = _nan_reduction("nanmin", F.min, math.inf, "The smallest element that is not NaN.")


@keras_op
def nanmean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The mean over `axis` of the elements that are not NaN."""
    return F.divide(F.sum(_instead_of_nan(x, 0.0), axis, keepdims), _present(x, axis, keepdims))


@keras_op
def nanvar(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The variance over `axis` of the elements that are not NaN."""
    centred = F.subtract(x, nanmean(x, axis, keepdims=True))
    return nanmean(F.square(centred), axis, keepdims)


@keras_op
def nanstd(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The standard deviation over `axis` of the elements that are not NaN."""
    return F.sqrt(nanvar(x, axis, keepdims))


@keras_op
def nancumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """The running sum, NaN counting as 0."""
    return _running(F.cumsum, _instead_of_nan(x, 0.0), axis, dtype)


@keras_op
def nancumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """The running product, NaN counting as 1."""
    return _running(F.cumprod, _instead_of_nan(x, 1.0), axis, dtype)


@keras_op
def nanargmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """The first position of the largest element that is not NaN; -1 if all are."""
    found = F.argmax(_instead_of_nan(x, -math.inf), axis, keepdims)
    return F.where(F.equal(_present(x, axis, keepdims), 0), -1, found)


@keras_op
def nanargmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """The first position of the smallest element that is not NaN; -1 if all are."""
    found = F.argmin(_instead_of_nan(x, math.inf), axis, keepdims)
    return F.where(F.equal(_present(x, axis, keepdims), 0), -1, found)


@keras_op
def nanquantile(
    x: Any, q: Any, axis: Any = None, method: Any = "linear", keepdims: bool = False
) -> Any:
    """The quantiles `q` over `axis` of the elements that are not NaN; arrays only."""
    (x,) = F.promoted_float(x)
    if F.is_tensor(x):
        raise ValueError(
            "quantiles without NaN work on arrays: call them outside of a traced model"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # lines of NaN alone give NaN
        return np.asarray(np.nanquantile(x, q, axis, method=method, keepdims=keepdims), x.dtype)


@keras_op
def nanpercentile(
    x: Any, q: Any, axis: Any = None, method: Any = "linear", keepdims: bool = False
) -> Any:
    """The percentiles `q` over `axis` of the elements that are not NaN; arrays only."""
    return nanquantile(x, np.asarray(q) / 100, axis, method, keepdims)


@keras_op
def nanmedian(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The middle element over `axis` of those that are not NaN; arrays only."""
    return nanquantile(x, 0.5, axis, "linear", keepdims)


@keras_op
def corrcoef(x: Any) -> Any:
    """The correlations between the rows of `x`."""
    (x,) = F.promoted_float(x)
    rows = F.subtract(x, F.mean(x, -1, keepdims=True))
    covariance = F.matmul(rows, F.swapaxes(rows, -1, -2))
    scale = F.sqrt(F.sum(F.square(rows), -1))
    return F.divide(covariance, F.outer(scale, scale))


@keras_op
def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    """The integral of `y` along `axis` by the trapezoidal rule."""
    lines = F.moveaxis(F.promoted_float(y)[0], axis, -1)
    count = lines.shape[-1]
    mean_height = F.multiply(
        F.add(F.slice_axis(lines, -1, 1, count), F.slice_axis(lines, -1, 0, count - 1)), 0.5
    )
    if x is None:
        return F.multiply(F.sum(mean_height, -1), dx)
    at = F.as_value(x)
    at = at if at.ndim == 1 else F.moveaxis(at, axis, -1)
    widths = F.subtract(F.slice_axis(at, -1, 1, count), F.slice_axis(at, -1, 0, count - 1))
    return F.sum(F.multiply(mean_height, widths), -1)
