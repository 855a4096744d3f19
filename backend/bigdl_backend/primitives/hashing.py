"""64-bit fingerprints of text and integers: what buckets are chosen by.

Without salt Fingerprint64 of FarmHash (G. Pike, github.com/google/farmhash), with a salt of two words
SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012). Texts of one length are
hashed together.
"""

from __future__ import annotations

import numpy as np

from bigdl_backend.graph.eager import native_enabled
from bigdl_backend.graph.registry import primitive
from bigdl_backend.graph.spec import TensorSpec

_K0, _K1, _K2 = (np.uint64(k) for k in (0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F))
_SEED = np.uint64(81)
_SIP = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
_CROSS = np.uint64(0xC6A4A7935BD1E995)


def _left(x: np.ndarray, bits: int) -> np.ndarray:
    return x << np.uint64(bits) | x >> np.uint64(64 - bits)


def _right(x: np.ndarray, bits: int) -> np.ndarray:
    return _left(x, 64 - bits)


def _folded(x: np.ndarray) -> np.ndarray:
    return x ^ x >> np.uint64(47)


def _joined(u: np.ndarray, v: np.ndarray, factor: np.ndarray) -> np.ndarray:
    a = _folded((u ^ v) * factor)
    return _folded((v ^ a) * factor) * factor


class _Texts:
    """Texts of one length, uint8[count, length], read as little-endian words."""

    def __init__(self, texts: np.ndarray) -> None:
        self.texts = texts
        self.length = texts.shape[1]

    def word(self, start: int, size: int = 8) -> np.ndarray:
        """The `size` bytes of every text from `start` on as uint64[count]."""
        part = np.zeros((len(self.texts), 8), np.uint8)
        part[:, :size] = self.texts[:, start : start + size]
        return part.view("<u8")[:, 0]


def _farm(t: _Texts) -> np.ndarray:
    n = np.uint64(t.length)
    factor = np.full(len(t.texts), _K2 + np.uint64(2) * n)
    if t.length > 64:
        return _farm_beyond_64(t)
    if t.length > 16:
        return _farm_to_64(t, factor)
    if t.length >= 8:
        a, b = t.word(0) + _K2, t.word(t.length - 8)
        return _joined(_right(b, 37) * factor + a, (_right(a, 25) + b) * factor, factor)
    if t.length >= 4:
        return _joined(n + (t.word(0, 4) << np.uint64(3)), t.word(t.length - 4, 4), factor)
    if t.length == 0:
        return np.full(len(t.texts), _K2)
    y = t.word(0, 1) + (t.word(t.length // 2, 1) << np.uint64(8))
    z = n + (t.word(t.length - 1, 1) << np.uint64(2))
    return _folded(y * _K2 ^ z * _K0) * _K2


def _farm_to_64(t: _Texts, factor: np.ndarray) -> np.ndarray:
    short = t.length <= 32
    a, b = t.word(0) * (_K1 if short else _K2), t.word(8)
    c, d = t.word(t.length - 8) * factor, t.word(t.length - 16) * _K2
    y = _right(a + b, 43) + _right(c, 30) + d
    z = _joined(y, a + _right(b + _K2, 18) + c, factor)
    if short:
        return z
    e, f = t.word(16) * factor, t.word(24)
    g, h = (y + t.word(t.length - 32)) * factor, (z + t.word(t.length - 24)) * factor
    return _joined(_right(e + f, 43) + _right(g, 30) + h, e + _right(f + a, 18) + g, factor)


def _mixed(t: _Texts, at: int, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    start, last = a + t.word(at), t.word(at + 24)
    middle = start + t.word(at + 8) + t.word(at + 16)
    return middle + last, _right(b + start + last, 21) + _right(middle, 44) + start


def _farm_beyond_64(t: _Texts) -> np.ndarray:
    zeros = np.zeros(len(t.texts), np.uint64)
    x, y = _SEED * _K2 + t.word(0), zeros + _SEED * _K1 + np.uint64(113)
    z = _folded(y * _K2 + np.uint64(113)) * _K2
    v = w = (zeros, zeros)

    def take(at: int, factor: np.ndarray, weight: np.uint64) -> None:
        nonlocal x, y, z, v, w
        x = _right(x + y + v[0] + t.word(at + 8), 37) * factor ^ w[1] * weight
        y = _right(y + v[1] + t.word(at + 48), 42) * factor + v[0] * weight + t.word(at + 40)
        z = _right(z + w[0], 33) * factor
        v = _mixed(t, at, v[1] * factor, x + w[0])
        w = _mixed(t, at + 32, z + w[1], y + t.word(at + 16))
        x, z = z, x

    rest = (t.length - 1) % 64
    for at in range(0, t.length - 1 - rest, 64):
        take(at, zeros + _K1, np.uint64(1))
    factor = _K1 + ((z & np.uint64(0xFF)) << np.uint64(1))
    w = (w[0] + np.uint64(rest), w[1])
    v = (v[0] + w[0], v[1])
    w = (w[0] + v[0], w[1])
    take(t.length - 64, factor, np.uint64(9))
    first = _joined(v[0], w[0], factor) + _folded(y) * _K0 + z
    return _joined(first, _joined(v[1], w[1], factor) + x, factor)


def _sip(t: _Texts, salt: tuple[int, int]) -> np.ndarray:
    keys = [np.uint64(word & 0xFFFFFFFFFFFFFFFF) for word in salt] * 2
    v = [np.full(len(t.texts), np.uint64(c) ^ key) for c, key in zip(_SIP, keys, strict=True)]

    def mix(rounds: int) -> None:
        for _ in range(rounds):
            a, b = v[0] + v[1], v[2] + v[3]
            c, d = _left(v[1], 13) ^ a, _left(v[3], 16) ^ b
            b, a = b + c, _left(a, 32) + d
            v[:] = a, _left(c, 17) ^ b, _left(b, 32), _left(d, 21) ^ a

    whole = t.length - t.length % 8
    blocks = [t.word(at) for at in range(0, whole, 8)]
    length = np.uint64((t.length & 0xFF) << 56)
    for block in [*blocks, t.word(whole, t.length - whole) | length]:
        v[3] ^= block
        mix(2)
        v[0] ^= block
    v[2] ^= np.uint64(0xFF)
    mix(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def _fingerprint_shape(text: TensorSpec, offsets: TensorSpec, *, salt: object) -> TensorSpec:
    if text.dtype != np.uint8 or text.ndim != 1 or offsets.dtype != np.int64 or offsets.ndim != 1:
        raise TypeError(f"texts are uint8[bytes] and int64[texts + 1], got {text} and {offsets}")
    return TensorSpec.of((offsets.shape[0] - 1,), "uint64")


@primitive("fingerprint", shape=_fingerprint_shape)
def fingerprint(text, offsets, *, salt):
    """The fingerprint of every text: text i is ``text[offsets[i]:offsets[i + 1]]``."""
    sizes = np.diff(offsets)
    result = np.empty(len(sizes), np.uint64)
    for size in np.unique(sizes).tolist():
        chosen = np.flatnonzero(sizes == size)
        texts = _Texts(text[offsets[chosen, None] + np.arange(size)])
        result[chosen] = _farm(texts) if salt is None else _sip(texts, salt)
    return result


def _integers_shape(x: TensorSpec, *, salt: object) -> TensorSpec:
    if x.dtype != np.int64:
        raise TypeError(f"expected int64, got {x}: cast it first")
    return x.with_dtype("uint64")


@primitive("fingerprint_integers", shape=_integers_shape)
def fingerprint_integers(x, *, salt):
    """The fingerprints of integers written in decimal."""
    written: list[str | bytes] = [b"%d" % number for number in x.ravel().tolist()]
    return fingerprint(*packed(written), salt=salt).reshape(x.shape)


@primitive("crossed_fingerprints", shape=lambda first, second: first)
def crossed_fingerprints(first, second):
    """One fingerprint for two, depending on their order: uint64 of one shape."""
    mixed = first ^ _CROSS ^ _folded(second * _CROSS) * _CROSS
    return _folded(_folded(mixed * _CROSS) * _CROSS)


def packed(texts: list[str | bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Texts as the operands of `fingerprint`: all bytes, and where each text begins and ends.

    Args:
        texts: `str` is taken as UTF-8, `bytes` as it is.

    Raises:
        TypeError: an element is neither.
    """
    if native_enabled():
        # Imported here so that the truth runs where no native library does.
        from bigdl_native import pack_texts

        return pack_texts(texts)
    encoded = [text if isinstance(text, bytes) else str.encode(text) for text in texts]
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in encoded], out=offsets[1:])
    return np.frombuffer(b"".join(encoded), np.uint8), offsets
