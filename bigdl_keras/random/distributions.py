"""Random tensors.

In a step that several workers share, the rows of the batch draw what they would draw in one process.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from bigdl_backend.graph.replica import batch_rows
from bigdl_backend.graph.tensor import Tensor
from bigdl_backend.primitives import functional as F
from bigdl_keras import config
from bigdl_keras.core.dtypes import is_float_dtype, standardize_dtype
from bigdl_keras.core.keras_op import keras_op
from bigdl_keras.random.seed_generator import draw_seed

# Marsaglia and Tsang's method accepts at least 95% of its proposals.
_GAMMA_ROUNDS = 12


def _rows(shape: Sequence[Any]) -> Any:
    return batch_rows(shape[0]) if shape else None


def _float(dtype: Any) -> str:
    dtype = standardize_dtype(dtype or config.floatx())
    if not is_float_dtype(dtype):
        raise ValueError(f"`dtype` must be a floating-point type. Received: dtype={dtype}")
    return dtype


@keras_op
def normal(
    shape: Sequence[Any], mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None
) -> Any:
    """Samples of the normal distribution."""
    dtype = _float(dtype)
    sample = F.random.normal(draw_seed(seed), tuple(shape), dtype, _rows(shape))
    return F.cast(F.add(F.multiply(sample, stddev), mean), dtype)


@keras_op
def truncated_normal(
    shape: Sequence[Any], mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None
) -> Any:
    """Samples of the normal distribution within two standard deviations of the mean."""
    dtype = _float(dtype)
    sample = F.random.truncated_normal(draw_seed(seed), tuple(shape), dtype, _rows(shape))
    return F.cast(F.add(F.multiply(sample, stddev), mean), dtype)


@keras_op
def uniform(
    shape: Sequence[Any], minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None
) -> Any:
    """Samples uniform in [minval, maxval)."""
    dtype = _float(dtype)
    return F.random.uniform(draw_seed(seed), tuple(shape), minval, maxval, dtype, _rows(shape))


@keras_op
def randint(
    shape: Sequence[Any], minval: Any, maxval: Any, dtype: Any = "int32", seed: Any = None
) -> Any:
    """Integers uniform in [minval, maxval)."""
    dtype = standardize_dtype(dtype)
    if "int" not in dtype:
        raise ValueError(f"`randint` requires an integer `dtype`. Received: dtype={dtype}")
    return F.random.randint(draw_seed(seed), tuple(shape), minval, maxval, dtype, _rows(shape))


@keras_op
def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Any:
    """Classes drawn with the probabilities softmax(logits): [B, C] -> [B, num_samples]."""
    logits = F.as_value(logits)
    shape = (logits.shape[0], num_samples, logits.shape[1])
    noise = F.random.gumbel(draw_seed(seed), shape, "float32", _rows(shape))
    return F.cast(F.argmax(F.add(F.expand_dims(logits, 1), noise), -1), standardize_dtype(dtype))


@keras_op
def dropout(
    inputs: Any, rate: float, noise_shape: Sequence[Any] | None = None, seed: Any = None
) -> Any:
    """Elements set to 0 with probability `rate`, the others divided by 1 - rate."""
    inputs = F.as_value(inputs)
    if rate >= 1:
        return F.zeros_like(inputs)
    shape = tuple(inputs.shape)
    if noise_shape is not None:
        shape = tuple(
            dim if noise is None else noise for dim, noise in zip(shape, noise_shape, strict=True)
        )
    keep = F.random.bernoulli(draw_seed(seed), shape, 1.0 - rate, _rows(shape))
    return F.where(keep, F.divide(inputs, 1.0 - rate), 0)


@keras_op
def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Any:
    """The entries of `x` along `axis` in random order."""
    x = F.as_value(x)
    return F.take(x, F.random.permutation(draw_seed(seed), x.shape[axis]), axis)


def _gamma(key: Any, shape: tuple[Any, ...], alpha: Any, dtype: str) -> Any:
    """Marsaglia and Tsang, "A simple method for generating gamma variables", 2000."""
    wide = "float64" if dtype == "float64" else "float32"
    alpha = F.broadcast_to(F.as_value(alpha, wide), shape)
    small = F.less(alpha, 1)
    d = F.subtract(F.where(small, F.add(alpha, 1), alpha), 1 / 3)
    c = F.rsqrt(F.multiply(d, 9))
    key = F.as_value(key)
    rows = _rows(shape)
    value, done = d, None
    for turn in range(_GAMMA_ROUNDS):
        x = F.random.normal(_subkey(key, 2 * turn), shape, wide, rows)
        u = F.random.uniform(_subkey(key, 2 * turn + 1), shape, 0.0, 1.0, wide, rows)
        root = F.add(F.multiply(c, x), 1)
        v = F.power(F.maximum(root, 1e-30), 3)
        bound = F.add(
            F.multiply(F.square(x), 0.5), F.multiply(d, F.add(F.subtract(1, v), F.log(v)))
        )
        fits = F.logical_and(F.greater(root, 0), F.less(F.log(F.maximum(u, 1e-30)), bound))
        first = fits if done is None else F.logical_and(fits, F.logical_not(done))
        value = F.where(first, F.multiply(d, v), value)
        done = fits if done is None else F.logical_or(done, fits)
    lift = F.random.uniform(_subkey(key, 2 * _GAMMA_ROUNDS), shape, 0.0, 1.0, wide, rows)
    shrunk = F.multiply(value, F.power(F.subtract(1, lift), F.divide(1, alpha)))
    return F.cast(F.where(small, shrunk, value), dtype)


def _subkey(key: Any, number: int) -> Any:
    """Keys apart from those a seed generator counts up to."""
    return F.bitwise_xor(key, np.array([0, (number + 1) << 24], np.uint32))


@keras_op
def gamma(shape: Sequence[Any], alpha: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Samples of the gamma distribution of shape `alpha` and rate 1."""
    return _gamma(draw_seed(seed), tuple(shape), alpha, _float(dtype))


@keras_op
def beta(shape: Sequence[Any], alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Samples of the beta distribution."""
    dtype = _float(dtype)
    key = draw_seed(seed)
    first = _gamma(key, tuple(shape), alpha, dtype)
    second = _gamma(
        F.bitwise_xor(key, np.array([1 << 31, 0], np.uint32)), tuple(shape), beta, dtype
    )
    return F.divide(first, F.add(first, second))


@keras_op
def binomial(
    shape: Sequence[Any], counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None
) -> Any:
    """How many of `counts` independent trials succeed; the largest count must be known."""
    dtype = _float(dtype)
    counts = F.as_value(counts)
    if isinstance(counts, Tensor):
        raise ValueError(
            "`binomial` needs counts that are known while a model is traced: pass numbers"
        )
    trials = math.ceil(float(np.max(counts, initial=0)))
    shape = tuple(shape)
    key = draw_seed(seed)
    unit = F.random.uniform(key, (*shape, trials), 0.0, 1.0, "float32", _rows(shape))
    chance = F.expand_dims(F.broadcast_to(F.as_value(probabilities, "float32"), shape), -1)
    counted = F.less(np.arange(trials), F.expand_dims(F.broadcast_to(counts, shape), -1))
    return F.cast(F.sum(F.logical_and(F.less(unit, chance), counted), -1), dtype)
