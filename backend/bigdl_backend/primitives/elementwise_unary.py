"""Elementwise primitives of one operand."""

from __future__ import annotations

import numpy as np

from bigdl_backend.graph.registry import primitive
from bigdl_backend.primitives import functional as F
from bigdl_backend.primitives.rules import is_float, same, same_float, to_bool


def _smooth(name, truth, derivative):
    """A row whose gradient is `g` times ``derivative(y, x)``."""
    primitive(name, shape=same_float, gradient=lambda g, y, x: (F.multiply(g, derivative(y, x)),))(
        truth
    )


def _flat(name, truth, shape=same_float):
    """A row that is constant piece by piece: no gradient flows."""
    primitive(name, shape=shape)(truth)


primitive("neg", shape=same, gradient=lambda g, y, x: (F.negative(g),))(np.negative)
primitive("abs", shape=same, gradient=lambda g, y, x: (g * F.sign(x),))(np.abs)
primitive("square", shape=same, gradient=lambda g, y, x: (g * (x * 2),))(np.square)

_smooth("reciprocal", np.reciprocal, lambda y, x: -F.square(y))
_smooth("exp", np.exp, lambda y, x: y)
_smooth("expm1", np.expm1, lambda y, x: y + 1)
_smooth("log", np.log, lambda y, x: F.reciprocal(x))
_smooth("log1p", np.log1p, lambda y, x: F.reciprocal(x + 1))
_smooth("sqrt", np.sqrt, lambda y, x: 0.5 / y)
_smooth("sin", np.sin, lambda y, x: F.cos(x))
_smooth("cos", np.cos, lambda y, x: -F.sin(x))
_smooth("tan", np.tan, lambda y, x: F.square(y) + 1)
_smooth("asin", np.arcsin, lambda y, x: F.rsqrt(1 - F.square(x)))
_smooth("acos", np.arccos, lambda y, x: -F.rsqrt(1 - F.square(x)))
_smooth("atan", np.arctan, lambda y, x: F.reciprocal(F.square(x) + 1))
_smooth("sinh", np.sinh, lambda y, x: F.cosh(x))
_smooth("cosh", np.cosh, lambda y, x: F.sinh(x))
_smooth("tanh", np.tanh, lambda y, x: 1 - F.square(y))
_smooth("asinh", np.arcsinh, lambda y, x: F.rsqrt(F.square(x) + 1))
_smooth("acosh", np.arccosh, lambda y, x: F.rsqrt(F.square(x) - 1))
_smooth("atanh", np.arctanh, lambda y, x: F.reciprocal(1 - F.square(x)))

_flat("sign", np.sign, shape=same)
_flat("floor", np.floor)
_flat("ceil", np.ceil)
_flat("round", np.rint)
_flat("trunc", np.trunc)
_flat("logical_not", np.logical_not, shape=to_bool)
_flat("bitwise_not", np.invert, shape=same)
_flat("isfinite", np.isfinite, shape=to_bool)
_flat("isnan", np.isnan, shape=to_bool)
_flat("isinf", np.isinf, shape=to_bool)
_flat("stop_gradient", lambda x: x, shape=same)


@primitive("rsqrt", shape=same_float, gradient=lambda g, y, x: (g * (y / x * -0.5),))
def rsqrt(x):
    """1 / sqrt(x)."""
    return np.reciprocal(np.sqrt(x))


@primitive("sigmoid", shape=same_float, gradient=lambda g, y, x: (g * (y * (1 - y)),))
def sigmoid(x):
    """1 / (1 + exp(-x)), by exp of negative numbers only: full precision in the left tail."""
    e = np.exp(-np.abs(x))
    return (np.where(x >= 0, x.dtype.type(1), e) / (1 + e)).astype(x.dtype)


@primitive("softplus", shape=same_float, gradient=lambda g, y, x: (g * F.sigmoid(x),))
def softplus(x):
    """log(1 + exp(x)), without overflow."""
    return np.maximum(x, x.dtype.type(0)) + np.log1p(np.exp(-np.abs(x)))


def _cast_back(g, y, x, *, dtype):
    return (F.cast(g, x.dtype) if is_float(y.dtype) and is_float(x.dtype) else None,)


@primitive("cast", shape=lambda x, *, dtype: x.with_dtype(dtype), gradient=_cast_back)
def cast(x, *, dtype):
    """`x` converted as ``ndarray.astype`` does."""
    return x.astype(dtype)
