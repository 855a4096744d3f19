"""Arithmetic, comparison, logic and functions of numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from bigdl_backend.primitives import functional as F
from bigdl_keras.core.keras_op import keras_op


def _unary(name: str, function: Callable[[Any], Any], doc: str | None = None) -> Callable[..., Any]:
    def operation(x: Any) -> Any:
        return function(x)

    operation.__name__ = operation.__qualname__ = name
    operation.__doc__ = doc or function.__doc__
    return keras_op(operation)


def _binary(
    name: str, function: Callable[[Any, Any], Any], doc: str | None = None
) -> Callable[..., Any]:
    def operation(x1: Any, x2: Any) -> Any:
        return function(x1, x2)

    operation.__name__ = operation.__qualname__ = name
    operation.__doc__ = doc or function.__doc__
    return keras_op(operation)


def _bitwise(name: str, function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def operation(x: Any, y: Any) -> Any:
        return function(x, y)

    operation.__name__ = operation.__qualname__ = name
    operation.__doc__ = function.__doc__
    return keras_op(operation)


def _scaled(function: Callable[[Any], Any], factor: float) -> Callable[[Any], Any]:
    return lambda x: F.multiply(function(x), factor)


def _as_float(x: Any) -> Any:
    return F.promoted_float(x)[0]


def _cbrt(x: Any) -> Any:
    x = _as_float(x)
    return F.multiply(F.sign(x), F.power(F.absolute(x), 1 / 3))


def _sinc(x: Any) -> Any:
    angle = F.multiply(_as_float(x), math.pi)
    safe = F.where(F.equal(angle, 0), 1, angle)
    return F.where(F.equal(angle, 0), 1, F.divide(F.sin(safe), safe))


def _logaddexp2(x1: Any, x2: Any) -> Any:
    scaled = F.logaddexp(F.multiply(x1, math.log(2)), F.multiply(x2, math.log(2)))
    return F.multiply(scaled, 1 / math.log(2))


def _hypot(x1: Any, x2: Any) -> Any:
    a, b = (F.absolute(x) for x in F.promoted_float(x1, x2))
    high = F.maximum(a, b)
    ratio = F.divide(F.minimum(a, b), F.where(F.equal(high, 0), 1, high))
    return F.multiply(high, F.sqrt(F.add(F.square(ratio), 1)))


def _heaviside(x1: Any, x2: Any) -> Any:
    x1, x2 = F.promoted_float(x1, x2)
    step = F.where(F.greater(x1, 0), np.ones((), x1.dtype), 0)
    return F.where(F.equal(x1, 0), x2, F.where(F.isnan(x1), x1, step))


def _divide_no_nan(x1: Any, x2: Any) -> Any:
    x1, x2 = F.promoted_float(x1, x2)
    nothing = F.equal(x2, 0)
    return F.where(nothing, 0, F.divide(x1, F.where(nothing, 1, x2)))


def _fmod(x1: Any, x2: Any) -> Any:
    x1, x2 = F.promoted(x1, x2)
    rest = F.mod(F.absolute(x1), F.absolute(x2))
    return F.multiply(F.sign(x1), rest)


def _ignoring_nan(choose: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def function(x1: Any, x2: Any) -> Any:
        x1, x2 = F.promoted(x1, x2)
        return F.where(F.isnan(x1), x2, F.where(F.isnan(x2), x1, choose(x1, x2)))

    return function


def _signbit(x: Any) -> Any:
    x = F.as_value(x)
    negative = F.less(x, 0)
    if x.dtype.kind in "iub":
        return negative
    # 1 / -0 is negative, though -0 is not.
    zero = F.equal(x, 0)
    return F.logical_or(negative, F.logical_and(zero, F.less(F.divide(1, x), 0)))


abs = absolute = _unary("absolute", F.absolute)
arccos = _unary("arccos", F.arccos)
arccosh = _unary("arccosh", F.arccosh)
arcsin = _unary("arcsin", F.arcsin)
arcsinh = _unary("arcsinh", F.arcsinh)
arctan = _unary("arctan", F.arctan)
arctanh = _unary("arctanh", F.arctanh)
bitwise_invert = _unary("bitwise_invert", F.bitwise_not)
bitwise_not = _unary("bitwise_not", F.bitwise_not)
cbrt = _unary("cbrt", _cbrt, "The cube root.")
ceil = _unary("ceil", F.ceil)
conj = conjugate = _unary(
    "conj", F.as_value, "The complex conjugate: real tensors stay as they are."
)
copy = _unary("copy", lambda x: F.add(x, 0) if F.is_tensor(x) else np.array(x), "A copy of `x`.")
cos = _unary("cos", F.cos)
cosh = _unary("cosh", F.cosh)
deg2rad = _unary("deg2rad", _scaled(_as_float, math.pi / 180), "Degrees as radians.")
erf = _unary("erf", F.erf)
erfc = _unary("erfc", lambda x: F.subtract(1, F.erf(x)), "1 - erf(x).")
erfinv = _unary("erfinv", F.erfinv)
exp = _unary("exp", F.exp)
exp2 = _unary("exp2", lambda x: F.power(2.0, _as_float(x)), "2 ** x.")
expm1 = _unary("expm1", F.expm1)
fabs = _unary("fabs", lambda x: F.absolute(_as_float(x)), "The magnitude of x as a float.")
floor = _unary("floor", F.floor)
imag = _unary("imag", F.zeros_like, "The imaginary part: zeros for real tensors.")
isfinite = _unary("isfinite", F.isfinite)
isinf = _unary("isinf", F.isinf)
isnan = _unary("isnan", F.isnan)
isneginf = _unary("isneginf", lambda x: F.equal(x, -math.inf), "Whether x is -inf.")
isposinf = _unary("isposinf", lambda x: F.equal(x, math.inf), "Whether x is +inf.")
isreal = _unary("isreal", lambda x: F.ones_like(x, "bool"), "Whether x has no imaginary part.")
log = _unary("log", F.log)
log10 = _unary("log10", _scaled(F.log, 1 / math.log(10)), "The logarithm of base 10.")
log1p = _unary("log1p", F.log1p)
log2 = _unary("log2", _scaled(F.log, 1 / math.log(2)), "The logarithm of base 2.")
logical_not = _unary("logical_not", F.logical_not)
negative = _unary("negative", F.negative)
rad2deg = _unary("rad2deg", _scaled(_as_float, 180 / math.pi), "Radians as degrees.")
real = _unary("real", F.as_value, "The real part.")
reciprocal = _unary("reciprocal", F.reciprocal)
rsqrt = _unary("rsqrt", F.rsqrt)
sign = _unary("sign", F.sign)
signbit = _unary("signbit", _signbit, "Whether the sign bit is set.")
sin = _unary("sin", F.sin)
sinc = _unary("sinc", _sinc, "sin(pi x) / (pi x).")
sinh = _unary("sinh", F.sinh)
sqrt = _unary("sqrt", F.sqrt)
square = _unary("square", F.square)
tan = _unary("tan", F.tan)
tanh = _unary("tanh", F.tanh)
trunc = _unary("trunc", F.trunc)

add = _binary("add", F.add)
arctan2 = _binary("arctan2", F.arctan2)
divide = _binary("divide", F.divide)
divide_no_nan = _binary("divide_no_nan", _divide_no_nan, "x1 / x2, and 0 where x2 is 0.")
equal = _binary("equal", F.equal)
floor_divide = _binary("floor_divide", F.floor_divide)
fmax = _binary("fmax", _ignoring_nan(F.maximum), "The larger, or the one that is not NaN.")
fmin = _binary("fmin", _ignoring_nan(F.minimum), "The smaller, or the one that is not NaN.")
fmod = _binary("fmod", _fmod, "The remainder of x1 / x2 with the sign of x1.")
greater = _binary("greater", F.greater)
greater_equal = _binary("greater_equal", F.greater_equal)
heaviside = _binary("heaviside", _heaviside, "0, x2 or 1 as x1 is negative, zero or positive.")
hypot = _binary("hypot", _hypot, "sqrt(x1² + x2²), without overflow.")
ldexp = _binary(
    "ldexp", lambda a, b: F.multiply(_as_float(a), F.power(2.0, _as_float(b))), "x1 2**x2."
)
less = _binary("less", F.less)
less_equal = _binary("less_equal", F.less_equal)
logaddexp = _binary("logaddexp", F.logaddexp)
logaddexp2 = _binary("logaddexp2", _logaddexp2, "log2(2**x1 + 2**x2), without overflow.")
logical_and = _binary("logical_and", F.logical_and)
logical_or = _binary("logical_or", F.logical_or)
logical_xor = _binary("logical_xor", F.logical_xor)
maximum = _binary("maximum", F.maximum)
minimum = _binary("minimum", F.minimum)
mod = _binary("mod", F.mod)
multiply = _binary("multiply", F.multiply)
not_equal = _binary("not_equal", F.not_equal)
power = _binary("power", F.power)
subtract = _binary("subtract", F.subtract)
true_divide = _binary("true_divide", F.divide)

bitwise_and = _bitwise("bitwise_and", F.bitwise_and)
bitwise_left_shift = _bitwise("bitwise_left_shift", F.left_shift)
bitwise_or = _bitwise("bitwise_or", F.bitwise_or)
bitwise_right_shift = _bitwise("bitwise_right_shift", F.right_shift)
bitwise_xor = _bitwise("bitwise_xor", F.bitwise_xor)
left_shift = _bitwise("left_shift", F.left_shift)
right_shift = _bitwise("right_shift", F.right_shift)


@keras_op
def round(x: Any, decimals: int = 0) -> Any:
    """`x` rounded to `decimals` digits, halves to even."""
    x = F.as_value(x)
    if x.dtype.kind in "iub" and decimals >= 0:
        return x
    if not decimals:
        return F.round(x)
    factor = 10.0**decimals
    return F.cast(F.divide(F.round(F.multiply(x, factor)), factor), x.dtype)


@keras_op
def clip(x: Any, x_min: Any, x_max: Any) -> Any:
    """`x` moved into [x_min, x_max]."""
    x = F.as_value(x)
    if x.dtype == np.bool_:
        x = F.cast(x, "int32")
    return F.clip(x, x_min, x_max)


@keras_op
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """`x1` where the condition is true, else `x2`; without them the positions of true elements.

    Raises:
        ValueError: only one of `x1` and `x2`, or a traced condition without them.
    """
    if x1 is None and x2 is None:
        from bigdl_keras.ops.indexing import nonzero

        return nonzero(condition)
    if x1 is None or x2 is None:
        raise ValueError("`x1` and `x2` either both should be `None` or both should have values.")
    return F.where(condition, x1, x2)


@keras_op
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """The first choice whose condition is true, else `default`."""
    result = F.as_value(default)
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        result = F.where(condition, choice, result)
    return result


@keras_op
def nan_to_num(x: Any, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """`x` with NaN and infinities replaced by numbers."""
    return F.nan_to_num(x, nan, posinf, neginf)


@keras_op
def isclose(
    x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Any:
    """Whether |x1 - x2| <= atol + rtol |x2|."""
    x1, x2 = F.promoted_float(x1, x2)
    near = F.less_equal(
        F.absolute(F.subtract(x1, x2)), F.add(F.multiply(F.absolute(x2), rtol), atol)
    )
    finite = F.logical_and(F.isfinite(x1), F.isfinite(x2))
    close = F.logical_or(F.logical_and(near, finite), F.equal(x1, x2))
    return F.logical_or(close, F.logical_and(F.isnan(x1), F.isnan(x2))) if equal_nan else close


@keras_op
def allclose(
    x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Any:
    """Whether all elements are close."""
    return F.all(isclose(x1, x2, rtol, atol, equal_nan))


def _on_arrays(name: str, function: Callable[[Any, Any], Any], doc: str) -> Callable[..., Any]:
    def operation(x1: Any, x2: Any) -> Any:
        x1, x2 = F.promoted(x1, x2)
        if F.is_tensor(x1) or F.is_tensor(x2):
            raise ValueError(f"`{name}` works on arrays: call it outside of a traced model")
        return function(x1, x2)

    operation.__name__ = operation.__qualname__ = name
    operation.__doc__ = doc
    return keras_op(operation)


gcd = _on_arrays("gcd", np.gcd, "The greatest common divisor, of arrays.")
lcm = _on_arrays("lcm", np.lcm, "The least common multiple, of arrays.")
nextafter = _on_arrays("nextafter", np.nextafter, "The next float after x1 towards x2, of arrays.")


@keras_op
def angle(x: Any) -> Any:
    """The argument of a real number as a complex one: 0, or pi if it is negative."""
    x = _as_float(x)
    return F.where(F.isnan(x), x, F.where(_signbit(x), math.pi, F.zeros_like(x)))


@keras_op
def i0(x: Any) -> Any:
    """The modified Bessel function of order 0.

    The mean of cosh(x cos t) over t, by the trapezoidal rule, which converges geometrically for periodic functions
    (Trefethen and Weideman 2014).
    """
    x = _as_float(x)
    wide = x if x.dtype.itemsize >= 4 else F.cast(x, "float32")
    # More points than that change nothing below the x where the result overflows.
    count = 64 if wide.dtype == np.float64 else 20
    turns = np.cos((np.arange(count) + 0.5) * (math.pi / (2 * count))).astype(wide.dtype)
    return F.cast(F.mean(F.cosh(F.multiply(F.expand_dims(wide, -1), turns)), -1), x.dtype)
