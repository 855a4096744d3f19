"""Tensors made from numbers and shapes."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_backend.graph.dims import Dim
from bigdl_backend.primitives import functional as F
from bigdl_keras import config
from bigdl_keras.core.dtypes import standardize_dtype
from bigdl_keras.core.keras_op import keras_op


def _dtype(dtype: Any) -> str:
    return standardize_dtype(dtype or config.floatx())


def _or_own(x: Any, dtype: Any) -> Any:
    return F.as_value(x).dtype if dtype is None else standardize_dtype(dtype)


@keras_op
def zeros(shape: Any, dtype: Any = None) -> Any:
    """Zeros of `shape`."""
    return F.full(shape, 0, _dtype(dtype))


@keras_op
def ones(shape: Any, dtype: Any = None) -> Any:
    """Ones of `shape`."""
    return F.full(shape, 1, _dtype(dtype))


@keras_op
def empty(shape: Any, dtype: Any = None) -> Any:
    """A tensor of `shape` whose values do not matter (zeros)."""
    return F.full(shape, 0, _dtype(dtype))


@keras_op
def full(shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    """`fill_value` repeated to `shape`."""
    return F.full(shape, fill_value, _dtype(dtype))


@keras_op
def zeros_like(x: Any, dtype: Any = None) -> Any:
    """Zeros in the shape of `x`."""
    return F.zeros_like(x, _or_own(x, dtype))


@keras_op
def ones_like(x: Any, dtype: Any = None) -> Any:
    """Ones in the shape of `x`."""
    return F.ones_like(x, _or_own(x, dtype))


@keras_op
def empty_like(x: Any, dtype: Any = None) -> Any:
    """A tensor in the shape of `x` whose values do not matter (zeros)."""
    return F.zeros_like(x, _or_own(x, dtype))


@keras_op
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Any:
    """`fill_value` repeated to the shape of `x`."""
    return F.full_like(x, fill_value, _or_own(x, dtype))


@keras_op
def array(x: Any, dtype: Any = None) -> Any:
    """`x` as a tensor."""
    return F.as_value(x, None if dtype is None else standardize_dtype(dtype))


@keras_op
def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Any:
    """start, start + step, ... below `stop` (or 0, 1, ... below `start`)."""
    if stop is None:
        start, stop = 0, start
    step = 1 if step is None else step
    given = [start, stop, step]
    if dtype is None:
        dtypes = [getattr(x, "dtype", type(x)) for x in given if not isinstance(x, Dim)]
        dtype = F.result_type(*dtypes, "int").name
    dtype = standardize_dtype(dtype)
    if any(F.is_tensor(x) for x in given):
        raise ValueError("the length of a range must be known while a model is traced")
    if any(isinstance(x, Dim) for x in given):
        count = F.arange_dim((stop - start + step - 1) // step, dtype)
        return F.add(F.multiply(count, F.as_value(step, dtype)), F.as_value(start, dtype))
    return np.asarray(np.arange(start, stop, step)).astype(dtype)


@keras_op
def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """`num` numbers from `start` to `stop` at equal distances, along a new axis."""
    start, stop = F.promoted_float(start, stop)
    dtype = start.dtype if dtype is None else standardize_dtype(dtype)
    gaps = num - 1 if endpoint else num
    step = F.divide(F.subtract(stop, start), max(gaps, 1))
    at = np.arange(num).astype(start.dtype)
    line = F.add(F.multiply(F.expand_dims(step, -1), at), F.expand_dims(start, -1))
    if endpoint and num > 1:
        # The last number is `stop` itself, not what rounding makes of it.
        last = np.arange(num) == num - 1
        line = F.where(last, F.expand_dims(stop, -1), line)
    result = F.cast(F.moveaxis(line, -1, axis), dtype)
    return (result, step) if retstep else result


@keras_op
def logspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    base: Any = 10,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Powers of `base` with exponents from `start` to `stop`."""
    exponents = linspace(start, stop, num, endpoint, axis=axis)
    powers = F.power(F.as_value(base, exponents.dtype), exponents)
    return powers if dtype is None else F.cast(powers, standardize_dtype(dtype))


@keras_op
def geomspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """`num` numbers from `start` to `stop` at equal ratios."""
    start, stop = F.promoted_float(start, stop)
    logs = linspace(F.log(F.absolute(start)), F.log(F.absolute(stop)), num, endpoint, axis=axis)
    numbers = F.multiply(F.exp(logs), F.expand_dims(F.sign(start), axis))
    return numbers if dtype is None else F.cast(numbers, standardize_dtype(dtype))


@keras_op
def tri(N: Any, M: Any = None, k: int = 0, dtype: Any = None) -> Any:
    """Ones on and below diagonal `k`, zeros above."""
    return F.cast(F.lower_triangle(N, N if M is None else M, k), _dtype(dtype))


@keras_op
def eye(N: Any, M: Any = None, k: int = 0, dtype: Any = None) -> Any:
    """Ones on diagonal `k`, zeros elsewhere."""
    return F.cast(F.diagonal_mask(N, N if M is None else M, k), _dtype(dtype))


@keras_op
def identity(n: Any, dtype: Any = None) -> Any:
    """The identity matrix."""
    return F.cast(F.diagonal_mask(n, n, 0), _dtype(dtype))


@keras_op
def tril(x: Any, k: int = 0) -> Any:
    """`x` with zeros above diagonal `k` of the last two axes."""
    x = F.as_value(x)
    return F.where(F.lower_triangle(x.shape[-2], x.shape[-1], k), x, 0)


@keras_op
def triu(x: Any, k: int = 0) -> Any:
    """`x` with zeros below diagonal `k` of the last two axes."""
    x = F.as_value(x)
    return F.where(F.lower_triangle(x.shape[-2], x.shape[-1], k - 1), 0, x)


@keras_op
def meshgrid(*x: Any, indexing: str = "xy") -> list[Any]:
    """Coordinate tensors of the grid spanned by vectors."""
    if indexing not in ("xy", "ij"):
        raise ValueError(f"Valid values for `indexing` are 'xy' and 'ij', but received {indexing}.")
    vectors = [F.ravel(v) for v in x]
    order = list(range(len(vectors)))
    if indexing == "xy" and len(order) > 1:
        order[0], order[1] = 1, 0
    placed = []
    for vector, axis in zip(vectors, order, strict=True):
        shape = [1] * len(vectors)
        shape[axis] = -1
        placed.append(F.reshape(vector, shape))
    return F.broadcast_values(*placed)


@keras_op
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """Powers of the elements of a vector, one row each."""
    x = F.as_value(x)
    count = x.shape[0] if N is None else N
    powers = np.arange(count) if increasing else np.arange(count)[::-1]
    return F.power(F.expand_dims(x, -1), powers.astype(x.dtype))


def _window(name: str, doc: str, of_phase: Any) -> Any:
    def operation(x: Any) -> Any:
        count = int(x)
        if count == 1:
            return np.ones(1, config.floatx())
        return of_phase(2 * np.pi * np.arange(count) / (count - 1)).astype(config.floatx())

    operation.__name__ = operation.__qualname__ = name
    operation.__doc__ = doc
    return keras_op(operation)


bartlett = _window(
    "bartlett", "The triangular window of `x` points.", lambda p: 1 - abs(p / np.pi - 1)
)
blackman = _window(
    "blackman",
    "The Blackman window of `x` points.",
    lambda p: 0.42 - 0.5 * np.cos(p) + 0.08 * np.cos(2 * p),
)
hamming = _window("hamming", "The Hamming window of `x` points.", lambda p: 0.54 - 0.46 * np.cos(p))
hanning = _window("hanning", "The Hann window of `x` points.", lambda p: 0.5 - 0.5 * np.cos(p))


@keras_op
def kaiser(x: Any, beta: float) -> Any:
    """The Kaiser window of `x` points."""
    return np.kaiser(int(x), float(beta)).astype(config.floatx())
