"""Arithmetic, comparison, logic and the usual functions, element by element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bigdl_backend.graph.tensor import Tensor
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives.functional.values import (
    Value,
    as_value,
    cast,
    promoted,
    promoted_float,
)
from bigdl_backend.primitives.rules import is_float


def _unary(name: str, doc: str) -> Callable[[Value], Any]:
    def function(x: Value) -> Any:
        return bind(name, as_value(x))

    function.__doc__ = doc
    return function


def _float_unary(name: str, doc: str) -> Callable[[Value], Any]:
    def function(x: Value) -> Any:
        return bind(name, *promoted_float(x))

    function.__doc__ = f"{doc} Integers become floats first."
    return function


def _binary(name: str, doc: str) -> Callable[[Value, Value], Any]:
    def function(a: Value, b: Value) -> Any:
        return bind(name, *promoted(a, b))

    function.__doc__ = f"{doc} Operands are promoted and broadcast."
    return function


def _extremum(name: str, doc: str) -> Callable[[Value, Value], Any]:
    def function(a: Value, b: Value) -> Any:
        a, b = promoted(a, b)
        return bind(name, _sharing(a, b), _sharing(b, a))

    function.__doc__ = (
        f"{doc} Operands are promoted and broadcast; equal ones share the gradient evenly."
    )
    return function


def _sharing(x: Any, other: Any) -> Any:
    """A number beside a tensor as a tensor of one element: the primitive lets plain numbers win ties."""
    number = isinstance(x, np.ndarray) and not x.ndim
    return x.reshape(1) if number and isinstance(other, Tensor) and len(other.shape) else x


def _logical(name: str, doc: str) -> Callable[[Value, Value], Any]:
    def function(a: Value, b: Value) -> Any:
        return bind(name, as_bool(a), as_bool(b))

    function.__doc__ = f"{doc} Numbers are true where they are not zero."
    return function


def as_bool(x: Value) -> Any:
    """Whether each element differs from zero."""
    x = as_value(x)
    return x if x.dtype == np.bool_ else bind("ne", x, np.zeros((), x.dtype))


negative = _unary("neg", "-x.")
absolute = _unary("abs", "The magnitude of x.")
sign = _unary("sign", "-1, 0 or 1.")
stop_gradient = _unary("stop_gradient", "x, through which no gradient flows.")
bitwise_not = _unary("bitwise_not", "Every bit inverted.")

exp = _float_unary("exp", "The exponential.")
expm1 = _float_unary("expm1", "exp(x) - 1, exact near 0.")
log = _float_unary("log", "The natural logarithm.")
log1p = _float_unary("log1p", "log(1 + x), exact near 0.")
sqrt = _float_unary("sqrt", "The square root.")
rsqrt = _float_unary("rsqrt", "1 / sqrt(x).")
reciprocal = _float_unary("reciprocal", "1 / x.")
sin = _float_unary("sin", "The sine.")
cos = _float_unary("cos", "The cosine.")
tan = _float_unary("tan", "The tangent.")
arcsin = _float_unary("asin", "The inverse sine.")
arccos = _float_unary("acos", "The inverse cosine.")
arctan = _float_unary("atan", "The inverse tangent.")
sinh = _float_unary("sinh", "The hyperbolic sine.")
cosh = _float_unary("cosh", "The hyperbolic cosine.")
tanh = _float_unary("tanh", "The hyperbolic tangent.")
arcsinh = _float_unary("asinh", "The inverse hyperbolic sine.")
arccosh = _float_unary("acosh", "The inverse hyperbolic cosine.")
arctanh = _float_unary("atanh", "The inverse hyperbolic tangent.")
erf = _float_unary("erf", "The error function.")
erfinv = _float_unary("erfinv", "The inverse of the error function.")
lgamma = _float_unary("lgamma", "log |gamma(x)|.")
digamma = _float_unary("digamma", "The derivative of lgamma.")
sigmoid = _float_unary("sigmoid", "1 / (1 + exp(-x)).")
softplus = _float_unary("softplus", "log(1 + exp(x)).")
floor = _float_unary("floor", "The largest integer not above x.")
ceil = _float_unary("ceil", "The smallest integer not below x.")
trunc = _float_unary("trunc", "x without its fraction.")
isfinite = _float_unary("isfinite", "Whether x is neither infinite nor NaN.")
isnan = _float_unary("isnan", "Whether x is NaN.")
isinf = _float_unary("isinf", "Whether x is infinite.")

add = _binary("add", "a + b.")
subtract = _binary("sub", "a - b.")
multiply = _binary("mul", "a * b.")
floor_divide = _binary("floor_divide", "floor(a / b).")
mod = _binary("mod", "The remainder of a / b with the sign of b.")
maximum = _extremum("maximum", "The larger of a and b.")
minimum = _extremum("minimum", "The smaller of a and b.")
bitwise_and = _binary("bitwise_and", "Bits set in both.")
bitwise_or = _binary("bitwise_or", "Bits set in either.")
bitwise_xor = _binary("bitwise_xor", "Bits set in one only.")
left_shift = _binary("shift_left", "a shifted left by b bits.")
right_shift = _binary("shift_right", "a shifted right by b bits.")
equal = _binary("eq", "Whether a = b.")
not_equal = _binary("ne", "Whether a differs from b.")
less = _binary("lt", "Whether a < b.")
less_equal = _binary("le", "Whether a <= b.")
greater = _binary("gt", "Whether a > b.")
greater_equal = _binary("ge", "Whether a >= b.")

logical_and = _logical("logical_and", "Whether both are true.")
logical_or = _logical("logical_or", "Whether either is true.")
logical_xor = _logical("logical_xor", "Whether exactly one is true.")


def square(x: Value) -> Any:
    """x * x; booleans become integers."""
    return bind("square", _number(as_value(x)))


def power(a: Value, b: Value) -> Any:
    """a ** b; booleans become integers."""
    a, b = promoted(a, b)
    return bind("pow", _number(a), _number(b))


def _number(x: Any) -> Any:
    return cast(x, "int32") if x.dtype == np.bool_ else x


def divide(a: Value, b: Value) -> Any:
    """a / b as floats."""
    return bind("div", *promoted_float(a, b))


def arctan2(a: Value, b: Value) -> Any:
    """The angle of the point (b, a)."""
    return bind("atan2", *promoted_float(a, b))


def logical_not(x: Value) -> Any:
    """Whether x is false (zero)."""
    return bind("logical_not", as_bool(x))


def round(x: Value) -> Any:
    """The nearest integer, the even one of two."""
    return bind("round", *promoted_float(x))


def polygamma(order: int, x: Value) -> Any:
    """The derivative of digamma of the given order (1 or more)."""
    return bind("polygamma", *promoted_float(x), order=order)


def where(condition: Value, a: Value, b: Value) -> Any:
    """`a` where the condition is true, else `b`."""
    return bind("select", as_bool(condition), *promoted(a, b))


def clip(x: Value, low: Value, high: Value) -> Any:
    """`x` moved into [low, high]."""
    return minimum(maximum(x, low), high)


def nan_to_num(x: Value, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """`x` with NaN replaced by `nan` and infinities by the given or the largest finite numbers."""
    x = as_value(x)
    if not is_float(x.dtype):
        return x
    import ml_dtypes

    limits = ml_dtypes.finfo(x.dtype)
    x = where(isnan(x), nan, x)
    x = where(equal(x, np.inf), float(limits.max) if posinf is None else posinf, x)
    return where(equal(x, -np.inf), float(limits.min) if neginf is None else neginf, x)


def logaddexp(a: Value, b: Value) -> Any:
    """log(exp(a) + exp(b)), without overflow."""
    a, b = promoted_float(a, b)
    high = stop_gradient(maximum(a, b))
    high = where(isfinite(high), high, 0)
    return add(log(add(exp(subtract(a, high)), exp(subtract(b, high)))), high)
