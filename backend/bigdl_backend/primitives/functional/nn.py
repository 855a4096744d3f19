"""Activations and the softmax family."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives.functional import elementwise as E
from bigdl_backend.primitives.functional.reduction import sum
from bigdl_backend.primitives.functional.shaping import moveaxis, ravel, reshape, split
from bigdl_backend.primitives.functional.values import (
    Value,
    as_value,
    axis_of,
    promoted,
    promoted_float,
)

_SELU_ALPHA = 1.6732632423543772
_SELU_SCALE = 1.0507009873554805


def relu(x: Value) -> Any:
    """max(x, 0), with slope 0 at 0."""
    return bind("maximum", *promoted(x, 0))


def relu6(x: Value) -> Any:
    """`x` clipped to [0, 6], with slope 0 at both ends."""
    return bind("minimum", *promoted(relu(x), 6.0))


def leaky_relu(x: Value, negative_slope: float = 0.2) -> Any:
    """`x` where positive, else `negative_slope` times `x`."""
    (x,) = promoted_float(x)
    return E.where(E.greater_equal(x, 0), x, E.multiply(x, negative_slope))


def elu(x: Value, alpha: float = 1.0) -> Any:
    """`x` where positive, else alpha (exp(x) - 1)."""
    (x,) = promoted_float(x)
    positive = E.greater(x, 0)
    # exp sees no large argument, whose infinity would spoil the gradient of the other branch.
    low = E.multiply(E.expm1(E.where(positive, 0, x)), alpha)
    return E.where(positive, x, low)


def celu(x: Value, alpha: float = 1.0) -> Any:
    """max(x, 0) + min(alpha (exp(x / alpha) - 1), 0)."""
    (x,) = promoted_float(x)
    positive = E.greater(x, 0)
    low = E.multiply(E.expm1(E.divide(E.where(positive, 0, x), alpha)), alpha)
    return E.where(positive, x, low)


def selu(x: Value) -> Any:
    """The self-normalizing scaled elu."""
    return E.multiply(elu(x, _SELU_ALPHA), _SELU_SCALE)


def gelu(x: Value, approximate: bool = True) -> Any:
    """`x` times the normal distribution function at `x`, by tanh if `approximate`."""
    (x,) = promoted_float(x)
    if approximate:
        cubic = E.add(x, E.multiply(E.multiply(E.square(x), x), 0.044715))
        gate = E.tanh(E.multiply(cubic, math.sqrt(2 / math.pi)))
    else:
        gate = E.erf(E.multiply(x, math.sqrt(0.5)))
    return E.multiply(E.multiply(x, 0.5), E.add(gate, 1))


def silu(x: Value) -> Any:
    """x sigmoid(x)."""
    (x,) = promoted_float(x)
    return E.multiply(x, E.sigmoid(x))


def mish(x: Value) -> Any:
    """x tanh(softplus(x))."""
    (x,) = promoted_float(x)
    return E.multiply(x, E.tanh(E.softplus(x)))


def softsign(x: Value) -> Any:
    """x / (1 + |x|)."""
    (x,) = promoted_float(x)
    return E.divide(x, E.add(E.absolute(x), 1))


def hard_sigmoid(x: Value) -> Any:
    """relu6(x + 3) / 6."""
    (x,) = promoted_float(x)
    return E.divide(relu6(E.add(x, 3)), 6)


def hard_silu(x: Value) -> Any:
    """x hard_sigmoid(x)."""
    (x,) = promoted_float(x)
    return E.multiply(x, hard_sigmoid(x))


def hard_tanh(x: Value) -> Any:
    """`x` clipped to [-1, 1], with slope 1 at both ends."""
    x = as_value(x)
    return E.where(E.greater(x, 1), 1, E.where(E.less(x, -1), -1, x))


def log_sigmoid(x: Value) -> Any:
    """log(sigmoid(x))."""
    (x,) = promoted_float(x)
    return E.negative(E.softplus(E.negative(x)))


def squareplus(x: Value, b: float = 4) -> Any:
    """(x + sqrt(x² + b)) / 2."""
    (x,) = promoted_float(x)
    return E.multiply(E.add(x, E.sqrt(E.add(E.square(x), b))), 0.5)


def sparse_plus(x: Value) -> Any:
    """0 below -1, x above 1, (x + 1)² / 4 between."""
    (x,) = promoted_float(x)
    middle = E.multiply(E.square(E.add(x, 1)), 0.25)
    return E.where(E.less_equal(x, -1), 0, E.where(E.less(x, 1), middle, x))


def sparse_sigmoid(x: Value) -> Any:
    """0 below -1, 1 above 1, (x + 1) / 2 between."""
    (x,) = promoted_float(x)
    return E.multiply(E.clip(E.add(x, 1), 0, 2), 0.5)


def tanh_shrink(x: Value) -> Any:
    """x - tanh(x)."""
    (x,) = promoted_float(x)
    return E.subtract(x, E.tanh(x))


def hard_shrink(x: Value, threshold: float = 0.5) -> Any:
    """`x` where its magnitude is above the threshold, else 0."""
    (x,) = promoted_float(x)
    return E.where(E.greater(E.absolute(x), threshold), x, 0)


def soft_shrink(x: Value, threshold: float = 0.5) -> Any:
    """`x` moved towards 0 by `threshold`, and 0 nearer than that."""
    (x,) = promoted_float(x)
    shrunk = E.subtract(x, E.multiply(E.sign(x), threshold))
    return E.where(E.greater(E.absolute(x), threshold), shrunk, 0)


def threshold(x: Value, threshold: float, default_value: float) -> Any:
    """`x` where it is above the threshold, else `default_value`."""
    return E.where(E.greater(x, threshold), x, default_value)


def glu(x: Value, axis: int = -1) -> Any:
    """The first half of `axis` times the sigmoid of the second."""
    first, second = split(x, 2, axis)
    return E.multiply(first, E.sigmoid(second))


def _over_last_axis(name: str, x: Value, axis: Any) -> Any:
    (x,) = promoted_float(x)
    if axis is None:
        return reshape(bind(name, ravel(x)), x.shape)
    if not isinstance(axis, int | np.integer):
        axes = [axis_of(at, x.ndim) for at in axis]
        last = list(range(x.ndim - len(axes), x.ndim))
        moved = moveaxis(x, axes, last)
        flat = reshape(moved, (*moved.shape[: last[0]], -1))
        return moveaxis(reshape(bind(name, flat), moved.shape), last, axes)
    return moveaxis(bind(name, moveaxis(x, int(axis), -1)), -1, int(axis))


def softmax(x: Value, axis: Any = -1) -> Any:
    """exp(x) normalised to a sum of 1 over `axis` (one, several, or None for all)."""
    return _over_last_axis("softmax", x, axis)


def log_softmax(x: Value, axis: Any = -1) -> Any:
    """log(softmax(x))."""
    return _over_last_axis("log_softmax", x, axis)


def sparsemax(x: Value, axis: int = -1) -> Any:
    """The point of the simplex nearest to `x`."""
    (x,) = promoted_float(x)
    lines = moveaxis(x, axis, -1)
    count = lines.shape[-1]
    descending = bind("reverse", bind("sort", lines, axis=x.ndim - 1), axes=(x.ndim - 1,))
    order = E.add(bind("iota", shape=(count,), axis=0, dtype=x.dtype.name), 1)
    running = bind("cumsum", descending, axis=x.ndim - 1, reverse=False)
    support = E.greater(E.add(E.multiply(descending, order), 1), running)
    size = sum(E.where(support, np.ones((), x.dtype), 0), -1, keepdims=True)
    chosen = sum(E.where(support, descending, 0), -1, keepdims=True)
    tau = E.divide(E.subtract(chosen, 1), size)
    return moveaxis(relu(E.subtract(lines, tau)), -1, axis)
