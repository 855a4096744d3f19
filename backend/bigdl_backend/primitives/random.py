"""Random bits: the only source of randomness, a pure function of a key and a position."""

from __future__ import annotations

import math

import numpy as np

from bigdl_backend.graph.registry import primitive
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.primitives.rules import Shape

# Constants of Philox4x32 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)
_ROUNDS = 10
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


def philox(counters: np.ndarray, key: np.ndarray) -> np.ndarray:
    """Four random words for every 64-bit counter: uint64[n], uint32[2] -> uint32[n, 4]."""
    c0, c1 = counters & _LOW, counters >> _HALF
    c2 = c3 = np.zeros_like(counters)
    k0, k1 = int(key[0]), int(key[1])
    for _ in range(_ROUNDS):
        first, second = _MULTIPLIERS[0] * c0, _MULTIPLIERS[1] * c2
        c0, c2 = (second >> _HALF) ^ c1 ^ np.uint64(k0), (first >> _HALF) ^ c3 ^ np.uint64(k1)
        c1, c3 = second & _LOW, first & _LOW
        k0, k1 = (k0 + _WEYL[0]) & 0xFFFFFFFF, (k1 + _WEYL[1]) & 0xFFFFFFFF
    return np.stack([c0, c1, c2, c3], axis=-1).astype(np.uint32)


def _random_bits_shape(key: TensorSpec, *rows: TensorSpec, shape: Shape) -> TensorSpec:
    if key.shape != (2,) or key.dtype != np.uint32:
        raise ValueError(f"a random key is uint32[2], got {key}")
    if rows and rows[0].shape != tuple(shape[:1]):
        raise ValueError(f"{rows[0].shape} row numbers for random bits of shape {shape}")
    return TensorSpec.of(shape, "uint32")


@primitive("random_bits", shape=_random_bits_shape)
def random_bits(key, *rows, shape):
    """Element j of row r is word ``c % 4`` of Philox4x32-10 at counter ``c // 4``, ``c = r * row size + j``.

    Row numbers are 0, 1, 2, ... unless they are given.
    """
    count = shape[0] if shape else 1
    row_size = math.prod(shape[1:])
    numbers = rows[0].astype(np.uint64) if rows else np.arange(count, dtype=np.uint64)
    positions = numbers[:, None] * np.uint64(row_size) + np.arange(row_size, dtype=np.uint64)
    words = philox((positions // np.uint64(4)).ravel(), key)
    picked = (positions % np.uint64(4)).astype(np.int64).ravel()
    return words[np.arange(positions.size), picked].reshape(shape)
