"""Colours of images in other forms."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_backend.primitives import functional as F
from bigdl_keras.core.dtypes import is_float_dtype
from bigdl_keras.core.keras_op import keras_op
from bigdl_keras.ops.image.layout import batched


@keras_op
def rgb_to_grayscale(images: Any, data_format: str | None = None) -> Any:
    """The luminance of colour images, as one channel."""
    x, back = batched(images, data_format)
    wide = F.cast(x, "float32") if x.dtype.kind in "iu" else x
    weights = np.asarray([0.2989, 0.5870, 0.1140], wide.dtype)
    return back(F.cast(F.sum(F.multiply(wide, weights), -1, keepdims=True), x.dtype))


def _float_colours(images: Any, data_format: str | None) -> Any:
    """As `batched`; ValueError for integers."""
    x, back = batched(images, data_format)
    if not is_float_dtype(x.dtype):
        raise ValueError(
            f"Invalid images dtype: expected float dtype. Received: images.dtype={x.dtype.name}"
        )
    return x, back


@keras_op
def rgb_to_hsv(images: Any, data_format: str | None = None) -> Any:
    """Hue, saturation and value of colours in [0, 1]."""
    x, back = _float_colours(images, data_format)
    red, green, blue = F.unstack(x, -1)
    value, low = F.max(x, -1), F.min(x, -1)
    span = F.subtract(value, low)
    saturation = F.where(
        F.greater(value, 0), F.divide(span, F.where(F.greater(value, 0), value, 1)), 0
    )
    unit = F.divide(1, F.multiply(F.where(F.greater(span, 0), span, 1), 6))
    hue = F.where(
        F.equal(red, value),
        F.multiply(F.subtract(green, blue), unit),
        F.where(
            F.equal(green, value),
            F.add(F.multiply(F.subtract(blue, red), unit), 2 / 6),
            F.add(F.multiply(F.subtract(red, green), unit), 4 / 6),
        ),
    )
    hue = F.where(F.greater(span, 0), F.where(F.less(hue, 0), F.add(hue, 1), hue), 0)
    return back(F.stack([hue, saturation, value], -1))


@keras_op
def hsv_to_rgb(images: Any, data_format: str | None = None) -> Any:
    """The colours in [0, 1] of hue, saturation and value."""
    x, back = _float_colours(images, data_format)
    hue, saturation, value = F.unstack(x, -1)
    turn = F.multiply(F.mod(hue, 1), 6)
    ramps = (
        F.subtract(F.absolute(F.subtract(turn, 3)), 1),
        F.subtract(2, F.absolute(F.subtract(turn, 2))),
        F.subtract(2, F.absolute(F.subtract(turn, 4))),
    )
    floor = F.subtract(1, saturation)
    channels = [
        F.multiply(F.add(floor, F.multiply(saturation, F.clip(ramp, 0, 1))), value)
        for ramp in ramps
    ]
    return back(F.stack(channels, -1))
