"""Special functions: erf and the gamma family."""

from __future__ import annotations

import math

import numpy as np

from bigdl_backend.graph.registry import primitive
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.primitives import functional as F
from bigdl_backend.primitives.rules import same_float

_TWO_OVER_SQRT_PI = 2.0 / math.sqrt(math.pi)
# Even Bernoulli numbers B2, B4, ... of the asymptotic series below.
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
_ASYMPTOTIC_FROM = 10.0


def _scalarwise(function):
    return np.frompyfunc(function, 1, 1)


_math_erf = _scalarwise(math.erf)
_math_erfc = _scalarwise(math.erfc)


def _lgamma_scalar(x: float) -> float:
    if x <= 0 and x == math.floor(x):
        return math.inf
    return math.lgamma(x)


_math_lgamma = _scalarwise(_lgamma_scalar)


@primitive(
    "erf",
    shape=same_float,
    gradient=lambda g, y, x: (g * (F.exp(-F.square(x)) * _TWO_OVER_SQRT_PI),),
)
def erf(x):
    return np.asarray(_math_erf(x.astype(np.float64))).astype(x.dtype)


@primitive(
    "erfinv",
    shape=same_float,
    gradient=lambda g, y, x: (g * (F.exp(F.square(y)) / _TWO_OVER_SQRT_PI),),
)
def erfinv(x):
    # Winitzki's approximation, then Newton on erfc of the magnitude: 1 - |x| is exact where it matters.
    a = 0.147
    wide = x.astype(np.float64)
    tail = 1.0 - np.abs(wide)
    log_term = np.log(tail * (1.0 + np.abs(wide)))
    first = 2.0 / (math.pi * a) + 0.5 * log_term
    y = np.sqrt(np.sqrt(first * first - log_term / a) - first)
    inside = tail > 0
    for _ in range(4):
        error = np.asarray(_math_erfc(y)).astype(np.float64) - tail
        slope = _TWO_OVER_SQRT_PI * np.exp(-y * y)
        y = np.where(inside, y + error / np.where(inside, slope, 1.0), y)
    y = np.where(tail == 0, np.inf, np.where(tail < 0, np.nan, y))
    return np.copysign(y, wide).astype(x.dtype)


@primitive("lgamma", shape=same_float, gradient=lambda g, y, x: (g * F.digamma(x),))
def lgamma(x):
    return np.asarray(_math_lgamma(x.astype(np.float64))).astype(x.dtype)


@primitive("digamma", shape=same_float, gradient=lambda g, y, x: (g * F.polygamma(1, x),))
def digamma(x):
    wide = x.astype(np.float64)
    # psi(x) = psi(1 - x) - pi / tan(pi x) leaves positive arguments only; at the poles there is no value.
    reflected = wide <= 0
    pole = reflected & (wide == np.floor(wide))
    z = np.where(reflected, 1.0 - wide, wide)
    result = np.where(reflected, -math.pi / np.tan(math.pi * np.where(reflected, wide, 0.5)), 0.0)
    while np.any(z < _ASYMPTOTIC_FROM):
        small = z < _ASYMPTOTIC_FROM
        result = np.where(small, result - 1.0 / z, result)
        z = np.where(small, z + 1.0, z)
    result = result + np.log(z) - 0.5 / z
    for k, bernoulli in enumerate(_BERNOULLI, start=1):
        result = result - bernoulli / (2 * k * z ** (2 * k))
    return np.where(pole, np.nan, result).astype(x.dtype)


def _polygamma_shape(x: TensorSpec, *, order: int) -> TensorSpec:
    if order < 1:
        raise ValueError(f"polygamma needs an order of at least 1, got {order}")
    return same_float(x)


@primitive(
    "polygamma",
    shape=_polygamma_shape,
    gradient=lambda g, y, x, *, order: (g * F.polygamma(order + 1, x),),
)
def polygamma(x, *, order):
    # (-1)^(n+1) n! zeta(n+1, x): the head of the Hurwitz sum, then its Euler-Maclaurin tail.
    s = order + 1
    z = x.astype(np.float64)
    total = np.zeros_like(z)
    while np.any(z < _ASYMPTOTIC_FROM):
        small = z < _ASYMPTOTIC_FROM
        total = np.where(small, total + z ** -float(s), total)
        z = np.where(small, z + 1.0, z)
    total = total + z ** (1.0 - s) / (s - 1) + 0.5 * z ** -float(s)
    factor = float(s)
    for k, bernoulli in enumerate(_BERNOULLI, start=1):
        total = total + bernoulli / math.factorial(2 * k) * factor * z ** -(s + 2.0 * k - 1)
        factor *= (s + 2 * k - 1) * (s + 2 * k)
    return ((-1) ** s * math.factorial(order) * total).astype(x.dtype)
