"""Operations on images: [H, W, C] or batches of them, in both layouts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bigdl_backend.primitives import functional as F
from bigdl_keras import config
from bigdl_keras.core.keras_op import keras_op
from bigdl_keras.ops.convolution import depthwise_conv, padding_amounts, sizes


def _batched(images: Any, data_format: str | None) -> tuple[Any, Callable[[Any], Any]]:
    """[N, H, W, C], and what turns a result back into the given form."""
    x = F.as_value(images)
    if x.ndim not in (3, 4):
        raise ValueError(
            "Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). "
            f"Received input with shape: images.shape={tuple(x.shape)}"
        )
    first = config.standardize_data_format(data_format) == "channels_first"
    single = x.ndim == 3
    x = F.expand_dims(x, 0) if single else x

    def back(y: Any) -> Any:
        y = F.moveaxis(y, -1, 1) if first else y
        return F.squeeze(y, 0) if single else y

    return (F.moveaxis(x, 1, -1) if first else x), back


def _known_size(x: Any) -> tuple[int, int]:
    height, width = x.shape[1:3]
    if not isinstance(height, int) or not isinstance(width, int):
        raise ValueError(f"the height and width of images {tuple(x.shape)} must be known here")
    return height, width


def _triangle(x: np.ndarray) -> np.ndarray:
    return np.maximum(0, 1 - x)


def _cubic(x: np.ndarray) -> np.ndarray:
    """Keys's kernel with a = -0.5."""
    near = ((1.5 * x - 2.5) * x) * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x < 1, near, np.where(x < 2, far, 0))


def _lanczos(radius: int) -> Callable[[np.ndarray], np.ndarray]:
    return lambda x: np.where(x < radius, np.sinc(x) * np.sinc(x / radius), 0)


_KERNELS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "bilinear": _triangle,
    "bicubic": _cubic,
    "lanczos3": _lanczos(3),
    "lanczos5": _lanczos(5),
}


def _weights(before: int, after: int, interpolation: str, antialias: bool) -> np.ndarray:
    """What each of `before` pixels gives to each of `after` ones along one axis."""
    ratio = before / after
    centre = (np.arange(after) + 0.5) * ratio - 0.5
    spread = max(ratio, 1.0) if antialias else 1.0
    distance = np.abs(centre[:, None] - np.arange(before)[None, :]) / spread
    weights = _KERNELS[interpolation](distance)
    return weights / weights.sum(axis=1, keepdims=True)


@keras_op
def resize(
    images: Any,
    size: Any,
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Any:
    """Images of another height and width.

    Interpolation is nearest, bilinear, bicubic, lanczos3 or lanczos5.
    """
    if interpolation != "nearest" and interpolation not in _KERNELS:
        raise ValueError(
            "Invalid value for argument `interpolation`. Expected of one "
            f"{('nearest', *_KERNELS)}. Received: interpolation={interpolation}"
        )
    if fill_mode != "constant":
        raise ValueError(f"Only `fill_mode='constant'` is supported. Received: {fill_mode}")
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError(
            "Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`."
        )
    wanted = sizes(size, 2, "size")
    x, back = _batched(images, data_format)
    height, width = _known_size(x)
    if crop_to_aspect_ratio:
        inner = (
            max(min(height, int(width * wanted[0] / wanted[1])), 1),
            max(min(width, int(height * wanted[1] / wanted[0])), 1),
        )
        for axis, (have, keep) in enumerate(zip((height, width), inner, strict=True), start=1):
            start = (have - keep) // 2
            x = F.slice_axis(x, axis, start, start + keep)
    if pad_to_aspect_ratio:
        # As Keras: the same margin on both sides, a missing odd pixel is left out.
        margins = (
            (max(height, int(width * wanted[0] / wanted[1])) - height) // 2,
            (max(width, int(height * wanted[1] / wanted[0])) - width) // 2,
        )
        x = F.pad(x, [(0, 0), *((m, m) for m in margins), (0, 0)], constant_values=fill_value)
    dtype = x.dtype
    for axis, after in enumerate(wanted, start=1):
        x = _resized_axis(x, axis, after, interpolation, antialias)
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        x = F.clip(F.round(x), int(limits.min), int(limits.max))
    return back(F.cast(x, dtype))


def _resized_axis(x: Any, axis: int, after: int, interpolation: str, antialias: bool) -> Any:
    before = x.shape[axis]
    if before == after:
        return x
    if interpolation == "nearest":
        nearest = np.floor((np.arange(after) + 0.5) * (before / after)).astype(np.int32)
        return F.take(x, nearest, axis)
    (x,) = F.promoted_float(x)
    weights = _weights(before, after, interpolation, antialias).astype(x.dtype)
    return F.moveaxis(F.tensordot(x, weights, ([axis], [1])), -1, axis)


@keras_op
def rgb_to_grayscale(images: Any, data_format: str | None = None) -> Any:
    """The luminance of colour images, as one channel."""
    x, back = _batched(images, data_format)
    wide = F.cast(x, "float32") if x.dtype.kind in "iu" else x
    weights = np.asarray([0.2989, 0.5870, 0.1140], wide.dtype)
    return back(F.cast(F.sum(F.multiply(wide, weights), -1, keepdims=True), x.dtype))


@keras_op
def rgb_to_hsv(images: Any, data_format: str | None = None) -> Any:
    """Hue, saturation and value of colours in [0, 1]."""
    x, back = _batched(images, data_format)
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
    x, back = _batched(images, data_format)
    hue, saturation, value = F.unstack(x, -1)
    turn = F.multiply(hue, 6)
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


def _margins(
    before: Any, after: Any, have: int, target: Any, side: str, sign: int
) -> tuple[int, int]:
    """Pixels to add (sign 1) or take (-1) before and after one axis, from two of three numbers."""
    if (before is None) + (after is None) + (target is None) != 1:
        raise ValueError(f"Must specify exactly two of {side}, its opposite and the target size.")
    total = sign * (target - have) if target is not None else before + after
    before = total - after if before is None else before
    after = total - before
    if before < 0 or after < 0:
        raise ValueError(f"the target size {target} does not go with the size {have} ({side})")
    return before, after


@keras_op
def pad_images(
    images: Any,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Any:
    """Images with zeros around them; two of the three numbers of each direction are given."""
    x, back = _batched(images, data_format)
    height, width = _known_size(x)
    rows = _margins(top_padding, bottom_padding, height, target_height, "top_padding", 1)
    columns = _margins(left_padding, right_padding, width, target_width, "left_padding", 1)
    return back(F.pad(x, [(0, 0), rows, columns, (0, 0)]))


@keras_op
def crop_images(
    images: Any,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Any:
    """The inner part of images; two of the three numbers of each direction are given."""
    x, back = _batched(images, data_format)
    height, width = _known_size(x)
    top, bottom = _margins(top_cropping, bottom_cropping, height, target_height, "top_cropping", -1)
    left, right = _margins(left_cropping, right_cropping, width, target_width, "left_cropping", -1)
    x = F.slice_axis(x, 1, top, height - bottom)
    return back(F.slice_axis(x, 2, left, width - right))


@keras_op
def extract_patches(
    images: Any,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """The windows of images, each flattened into the channels of one pixel."""
    x, back = _batched(images, data_format)
    height, width = _known_size(x)
    window = sizes(size, 2, "size")
    steps = window if strides is None else sizes(strides, 2, "strides")
    spread = sizes(dilation_rate, 2, "dilation_rate")
    amounts = padding_amounts(padding, (height, width), window, steps, spread)
    x = F.pad(x, [(0, 0), *amounts, (0, 0)])
    for axis in (1, 2):
        k, s, d = window[axis - 1], steps[axis - 1], spread[axis - 1]
        extent = (k - 1) * d + 1
        starts = np.arange(0, x.shape[2 * axis - 1] - extent + 1, s)
        # Axis 2 axis - 1 becomes windows and positions in them.
        x = F.take(x, starts[:, None] + np.arange(k)[None, :] * d, 2 * axis - 1)
    n, rows, tall, columns, wide, channels = x.shape
    patches = F.transpose(x, (0, 1, 3, 2, 4, 5))
    return back(F.reshape(patches, (n, rows, columns, tall * wide * channels)))


@keras_op
def gaussian_blur(
    images: Any, kernel_size: Any = (3, 3), sigma: Any = (1.0, 1.0), data_format: str | None = None
) -> Any:
    """Images convolved with a Gaussian of width `sigma` (columns, rows), which may be traced."""
    x, back = _batched(images, data_format)
    (x,) = F.promoted_float(x)
    parts = []
    for count, deviation in zip(kernel_size, F.unstack(F.cast(sigma, x.dtype)), strict=True):
        at = (np.arange(count) - (count - 1) / 2).astype(x.dtype)
        bell = F.exp(F.multiply(F.square(F.divide(at, deviation)), -0.5))
        parts.append(F.divide(bell, F.sum(bell)))
    kernel = F.expand_dims(F.multiply(F.expand_dims(parts[1], 1), parts[0]), (2, 3))
    kernel = F.tile(kernel, (1, 1, x.shape[-1], 1))
    return back(depthwise_conv(x, kernel, 1, "same", "channels_last"))


@keras_op
def sobel_edges(images: Any, data_format: str | None = None) -> Any:
    """Vertical and horizontal edges of a batch of images, in a new last axis."""
    first = config.standardize_data_format(data_format) == "channels_first"
    x = F.moveaxis(images, 1, -1) if first else F.as_value(images)
    if x.ndim != 4:
        raise ValueError(f"`sobel_edges` needs a batch of images, got {tuple(x.shape)}")
    across = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    kernels = np.stack([across.T, across], -1).astype(x.dtype)[:, :, None, :]
    kernels = np.repeat(kernels, x.shape[-1], axis=2)
    edges = F.reshape(depthwise_conv(x, kernels, 1, "same", "channels_last"), (*x.shape, 2))
    return F.moveaxis(edges, 3, 1) if first else edges
