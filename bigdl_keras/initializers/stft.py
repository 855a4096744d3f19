"""Kernels of a short-time Fourier transform as convolution weights."""

from typing import Any

import numpy as np

from bigdl_keras import ops
from bigdl_keras.initializers.initializer import Initializer


def _window(name: str, length: int, periodic: bool) -> np.ndarray:
    """A cosine-sum window of `length` samples; `periodic` leaves out the closing sample."""
    terms = {
        "hann": (0.5, 0.5),
        "hamming": (0.54, 0.46),
        "blackman": (0.42, 0.5, 0.08),
        "boxcar": (1.0,),
    }
    if name not in terms:
        raise ValueError(f"STFT knows the windows {sorted(terms)}; got {name!r}. Pass an array.")
    points = length if periodic else length - 1
    phase = 2 * np.pi * np.arange(length) / max(points, 1)
    waves = [(-1) ** k * a * np.cos(k * phase) for k, a in enumerate(terms[name])]
    return np.sum(waves, axis=0)


class STFT(Initializer):
    """Real (cosine) or imaginary (sine) parts of a windowed Fourier basis.

    The shape must be `(frame_length, 1, fft_length // 2 + 1)`.

    Args:
        side: `"real"` or `"imag"`.
        window: a window's name, an array of `frame_length` values, or `None`.
        scaling: `"density"` divides by the window's 2-norm, `"spectrum"` by its sum, `None` not.
        periodic: named windows are periodic instead of symmetric.
    """

    def __init__(
        self,
        side: str = "real",
        window: Any = "hann",
        scaling: str | None = "density",
        periodic: bool = False,
    ) -> None:
        if side not in ("real", "imag"):
            raise ValueError(f"STFT `side` must be 'real' or 'imag'; got {side!r}.")
        if scaling not in (None, "density", "spectrum"):
            raise ValueError(
                f"STFT `scaling` must be 'density', 'spectrum' or None; got {scaling!r}."
            )
        if isinstance(window, str):
            _window(window, 1, periodic)
        self.side = side
        self.window = window
        self.scaling = scaling
        self.periodic = periodic

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
        length, _, bins = shape
        frequency = np.arange(bins) / ((bins - 1) * 2)
        angle = -2 * np.pi * np.arange(length)[:, None, None] * frequency
        kernel = np.cos(angle) if self.side == "real" else np.sin(angle)
        if self.window is not None:
            kernel = kernel * self._weights(length)[:, None, None]
        like = ops.zeros((), dtype=dtype)
        return np.broadcast_to(kernel, shape).astype(like.dtype)

    def _weights(self, length: int) -> np.ndarray:
        if isinstance(self.window, str):
            window = _window(self.window, length, self.periodic)
        else:
            window = np.asarray(self.window, "float64")
        if window.shape != (length,):
            raise ValueError(f"STFT window must have shape ({length},); got {window.shape}.")
        if self.scaling == "density":
            return window / np.sqrt(np.sum(window**2))
        if self.scaling == "spectrum":
            return window / np.sum(np.abs(window))
        return window

    def get_config(self) -> dict[str, Any]:
        return {
            "side": self.side,
            "window": self.window,
            "periodic": self.periodic,
            "scaling": self.scaling,
        }
