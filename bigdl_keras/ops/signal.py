"""Fourier transforms and frames of signals.

Complex tensors are pairs (real, imaginary). Transforms are products with the matrix of the transform, so
they can be traced and differentiated like any other product.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_backend.primitives import functional as F
from bigdl_keras.core.keras_op import keras_op


def _waves(rows: int, columns: int, dtype: Any) -> tuple[np.ndarray, np.ndarray]:
    """cos and sin of 2 pi r c / rows, for r in rows and c in columns."""
    angle = 2 * np.pi * (np.outer(np.arange(rows), np.arange(columns)) % rows) / rows
    return np.cos(angle).astype(dtype), np.sin(angle).astype(dtype)


def _pair(x: Any) -> tuple[Any, Any]:
    if not isinstance(x, list | tuple) or len(x) != 2:
        raise ValueError("Input `x` should be a tuple of two tensors - real and imaginary.")
    real, imaginary = F.promoted_float(*x)
    if tuple(real.shape) != tuple(imaginary.shape):
        raise ValueError(f"Real and imaginary parts differ: {real.shape} and {imaginary.shape}")
    return real, imaginary


def _known_length(x: Any) -> int:
    length = x.shape[-1]
    if not isinstance(length, int):
        raise ValueError(f"a transform needs a last axis of known size, got {tuple(x.shape)}")
    return length


def _transform(real: Any, imaginary: Any, inverse: bool) -> tuple[Any, Any]:
    length = _known_length(real)
    cos, sin = _waves(length, length, real.dtype)
    sin = sin if inverse else -sin
    scale = 1 / length if inverse else 1.0
    a = F.subtract(F.matmul(real, cos), F.matmul(imaginary, sin))
    b = F.add(F.matmul(real, sin), F.matmul(imaginary, cos))
    return F.multiply(a, scale), F.multiply(b, scale)


@keras_op
def fft(x: Any) -> tuple[Any, Any]:
    """The discrete Fourier transform of the last axis."""
    return _transform(*_pair(x), inverse=False)


def _both_axes(x: Any, inverse: bool) -> tuple[Any, Any]:
    real, imaginary = _transform(*_pair(x), inverse=inverse)
    turned = _transform(F.swapaxes(real, -1, -2), F.swapaxes(imaginary, -1, -2), inverse=inverse)
    return F.swapaxes(turned[0], -1, -2), F.swapaxes(turned[1], -1, -2)


@keras_op
def fft2(x: Any) -> tuple[Any, Any]:
    """The discrete Fourier transform of the last two axes."""
    return _both_axes(x, inverse=False)


@keras_op
def ifft2(x: Any) -> tuple[Any, Any]:
    """The inverse of `fft2`."""
    return _both_axes(x, inverse=True)


def _resized(x: Any, length: int) -> Any:
    """The last axis cut, or filled up with zeros."""
    have = _known_length(x)
    if have >= length:
        return F.slice_axis(x, -1, 0, length)
    return F.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, length - have)])


@keras_op
def rfft(x: Any, fft_length: int | None = None) -> tuple[Any, Any]:
    """The first half of the transform of a real signal."""
    (x,) = F.promoted_float(x)
    length = _known_length(x) if fft_length is None else fft_length
    cos, sin = _waves(length, length // 2 + 1, x.dtype)
    x = _resized(x, length)
    return F.matmul(x, cos), F.matmul(x, -sin)


@keras_op
def irfft(x: Any, fft_length: int | None = None) -> Any:
    """The real signal whose `rfft` is `x`."""
    real, imaginary = _pair(x)
    length = 2 * (_known_length(real) - 1) if fft_length is None else fft_length
    half = length // 2 + 1
    cos, sin = (wave.T for wave in _waves(length, half, real.dtype))
    # The second half mirrors the first: all but the first (and, for even lengths, last) count twice.
    twice = np.full(half, 2.0)
    twice[0] = 1
    if length % 2 == 0:
        twice[-1] = 1
    weight = (twice / length)[:, None]
    cos, sin = (cos * weight).astype(real.dtype), (sin * weight).astype(real.dtype)
    return F.subtract(F.matmul(_resized(real, half), cos), F.matmul(_resized(imaginary, half), sin))


def _frames(length: int, size: int, stride: int) -> np.ndarray:
    """The positions of each frame."""
    starts = np.arange(0, length - size + 1, stride)
    return starts[:, None] + np.arange(size)[None, :]


@keras_op
def extract_sequences(x: Any, sequence_length: int, sequence_stride: int) -> Any:
    """Frames of the last axis: [..., frames, sequence_length]."""
    x = F.as_value(x)
    return F.take(x, _frames(_known_length(x), sequence_length, sequence_stride), x.ndim - 1)


def _window(window: Any, sequence_length: int, fft_length: int, dtype: Any) -> np.ndarray:
    """The window, with zeros around it up to the length of the transform."""
    phase = 2 * np.pi * np.arange(sequence_length) / sequence_length
    if window is None:
        return np.ones(fft_length, dtype)
    if isinstance(window, str):
        if window not in ("hann", "hamming"):
            raise ValueError(f"`window` must be 'hann' or 'hamming'. Received: window={window}")
        floor = {"hann": 0.5, "hamming": 0.54}[window]
        window = floor - (1 - floor) * np.cos(phase)
    window = np.asarray(window)
    if window.shape != (sequence_length,):
        raise ValueError(
            f"`window` must have the shape ({sequence_length},). Received: {window.shape}"
        )
    before = (fft_length - sequence_length) // 2
    return np.pad(window, (before, fft_length - sequence_length - before)).astype(dtype)


def _check_lengths(sequence_length: int, fft_length: int) -> None:
    if fft_length < sequence_length:
        raise ValueError(
            "`fft_length` must equal or larger than `sequence_length`. Received: "
            f"sequence_length={sequence_length}, fft_length={fft_length}"
        )


@keras_op
def stft(
    x: Any,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    window: Any = "hann",
    center: bool = True,
) -> tuple[Any, Any]:
    """Transforms of windowed frames: pairs of [..., frames, fft_length // 2 + 1]."""
    _check_lengths(sequence_length, fft_length)
    (x,) = F.promoted_float(x)
    if center:
        margin = (fft_length // 2, fft_length // 2)
        x = F.pad(x, [(0, 0)] * (x.ndim - 1) + [margin], mode="reflect")
    frames = extract_sequences(x, fft_length, sequence_stride)
    weights = _window(window, sequence_length, fft_length, x.dtype)
    return rfft(F.multiply(frames, weights), fft_length)


@keras_op
def istft(
    x: Any,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    length: int | None = None,
    window: Any = "hann",
    center: bool = True,
) -> Any:
    """The signal whose `stft` is nearest to `x`."""
    _check_lengths(sequence_length, fft_length)
    frames = irfft(x, fft_length)
    weights = _window(window, sequence_length, fft_length, frames.dtype)
    count = frames.shape[-2]
    total = fft_length + sequence_stride * (count - 1)
    places = _frames(total, fft_length, sequence_stride).ravel()
    overlap = np.zeros(total, frames.dtype)
    np.add.at(overlap, places, np.tile(weights**2, count))
    leading = tuple(frames.shape[:-2])
    weighted = F.reshape(F.multiply(frames, weights), (*leading, count * fft_length))
    signal = F.add_at(F.full((*leading, total), 0, frames.dtype), places, weighted)
    signal = F.divide(signal, np.where(overlap > 1e-10, overlap, 1))
    start = fft_length // 2 if center else 0
    if length is not None:
        return F.slice_axis(signal, -1, start, min(start + length, total))
    return F.slice_axis(signal, -1, start, total - start)
