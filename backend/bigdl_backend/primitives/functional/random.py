"""Distributions, as functions of a key: equal keys give equal numbers.

A key is uint32[2]. `rows`, int32[n], are the numbers of the rows of a result that is part of a larger
one, so that several workers draw together what one would draw alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from bigdl_backend.graph.dims import DimLike
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives.functional import elementwise as E
from bigdl_backend.primitives.functional.indexing import argsort
from bigdl_backend.primitives.functional.shaping import slice_axis, squeeze
from bigdl_backend.primitives.functional.values import Value, as_value, cast

Shape = Sequence[DimLike]
_SQRT2 = math.sqrt(2.0)


def random_bits(key: Value, shape: Shape, rows: Any = None) -> Any:
    """Uniform uint32."""
    operands = (as_value(key),) if rows is None else (as_value(key), rows)
    return bind("random_bits", *operands, shape=tuple(shape))


def _unit(key: Value, shape: Shape, rows: Any, dtype: np.dtype) -> Any:
    """Uniform in [0, 1), as multiples of 2**-24 (2**-32 in float64), float32 or float64."""
    bits = random_bits(key, shape, rows)
    if dtype == np.float64:
        return E.multiply(cast(bits, "float64"), 2.0**-32)
    high = bind("shift_right", bits, np.asarray(8, np.uint32))
    return E.multiply(cast(high, "float32"), 2.0**-24)


def uniform(
    key: Value,
    shape: Shape,
    low: Value = 0.0,
    high: Value = 1.0,
    dtype: Any = "float32",
    rows: Any = None,
) -> Any:
    """Uniform in [low, high)."""
    unit = _unit(key, shape, rows, np.dtype(dtype))
    low, high = as_value(low, unit.dtype), as_value(high, unit.dtype)
    return cast(E.add(E.multiply(unit, E.subtract(high, low)), low), dtype)


def normal(key: Value, shape: Shape, dtype: Any = "float32", rows: Any = None) -> Any:
    """Standard normal, by Box and Muller."""
    pair = _unit(key, (*shape, 2), rows, np.dtype(dtype))
    first, second = (squeeze(slice_axis(pair, -1, i, i + 1), -1) for i in (0, 1))
    # 1 - u is in (0, 1]: its logarithm is finite.
    radius = E.sqrt(E.multiply(E.log(E.subtract(1, first)), -2))
    return cast(E.multiply(radius, E.cos(E.multiply(second, 2 * math.pi))), dtype)


def truncated_normal(key: Value, shape: Shape, dtype: Any = "float32", rows: Any = None) -> Any:
    """Standard normal within two standard deviations."""
    edge = math.erf(2 / _SQRT2)
    u = uniform(key, shape, -edge, edge, _wide(dtype), rows)
    return cast(E.clip(E.multiply(E.erfinv(u), _SQRT2), -2, 2), dtype)


def _wide(dtype: Any) -> str:
    return "float64" if np.dtype(dtype) == np.float64 else "float32"


def bernoulli(key: Value, shape: Shape, p: Value, rows: Any = None) -> Any:
    """True with probability `p`."""
    return E.less(_unit(key, shape, rows, np.dtype("float32")), as_value(p, "float32"))


def randint(
    key: Value, shape: Shape, low: Value, high: Value, dtype: Any = "int32", rows: Any = None
) -> Any:
    """Integers in [low, high)."""
    low, high = as_value(low, "int64"), as_value(high, "int64")
    bits = cast(random_bits(key, shape, rows), "int64")
    return cast(E.add(E.mod(bits, E.subtract(high, low)), low), dtype)


def exponential(key: Value, shape: Shape, dtype: Any = "float32", rows: Any = None) -> Any:
    """Exponential of rate 1."""
    unit = _unit(key, shape, rows, np.dtype(dtype))
    return cast(E.negative(E.log(E.subtract(1, unit))), dtype)


def gumbel(key: Value, shape: Shape, dtype: Any = "float32", rows: Any = None) -> Any:
    """Standard Gumbel."""
    smallest = 2.0**-25
    unit = _unit(key, shape, rows, np.dtype(dtype))
    return cast(E.negative(E.log(E.negative(E.log(E.add(unit, smallest))))), dtype)


def permutation(key: Value, length: DimLike) -> Any:
    """0 ... length - 1 in random order, int32."""
    return argsort(random_bits(key, (length,)), 0)
