"""Complex numbers, as arrays: the engine's tensors are real, so a traced model cannot hold them."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_backend.primitives import functional as F
from bigdl_keras.core.keras_op import keras_op


def _array(x: Any, operation: str) -> np.ndarray:
    x = F.as_value(x)
    if F.is_tensor(x):
        raise ValueError(
            f"`{operation}` works on arrays, outside of a traced model: its tensors are real. Keep the real and the "
            "imaginary part as two tensors, as `fft` does"
        )
    return x


@keras_op
def polar(abs_: Any, angle: Any) -> Any:
    """The complex numbers of these magnitudes and angles; arrays only."""
    size, turn = F.promoted_float(_array(abs_, "polar"), _array(angle, "polar"))
    return size * np.cos(turn) + 1j * (size * np.sin(turn))


@keras_op
def view_as_complex(x: Any) -> Any:
    """Pairs of a real and an imaginary part as complex numbers, [..., 2] -> [...]; arrays only."""
    x = _array(x, "view_as_complex")
    if x.ndim < 1 or x.shape[-1] != 2:
        raise ValueError(
            f"Last dimension of input must be size 2 (real and imaginary). Received shape: {x.shape}"
        )
    return x[..., 0].astype("complex64") + 1j * x[..., 1].astype("complex64")


@keras_op
def view_as_real(x: Any) -> Any:
    """Complex numbers as pairs of a real and an imaginary part, [...] -> [..., 2]; arrays only."""
    x = _array(x, "view_as_real")
    return np.stack([x.real, x.imag], axis=-1)
