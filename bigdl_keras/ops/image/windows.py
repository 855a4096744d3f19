"""Images with borders added or taken away, and the windows of images."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from bigdl_backend.primitives import functional as F
from bigdl_keras.core.keras_op import keras_op
from bigdl_keras.ops.convolution import padding_amounts, sizes
from bigdl_keras.ops.image.layout import batched, known_size


def _margins(
    before: Any, after: Any, have: int, target: Any, side: str, sign: int
) -> tuple[int, int]:
    """Pixels to add (sign 1) or take (-1) before and after one axis, from two of three numbers."""
    if (before is None) + (after is None) + (target is None) != 1:
        raise ValueError(f"Must specify exactly two of {side}, its opposite and the target size.")
    total = sign * (target - have) if target is not None else before + after
    before = total - after if before is None else before
    after = total - before
    if before < 0 or after < 0 or have + sign * total < 0:
        raise ValueError(
            f"The size {have} cannot become {have + sign * total} by {before} pixels at one side ({side}) and "
            f"{after} at the other"
        )
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
    x, back = batched(images, data_format)
    height, width = known_size(x)
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
    x, back = batched(images, data_format)
    height, width = known_size(x)
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
    """The windows of images, each flattened into the channels of one pixel; of volumes for three sizes.

    Source: https://keras.io/api/ops/image/#extract_patches-function
    """
    if not isinstance(size, int | tuple | list):
        raise TypeError(
            "Invalid `size` argument. Expected an int or a tuple. "
            f"Received: size={size} of type {type(size).__name__}"
        )
    axes = 2 if isinstance(size, int) else len(size)
    if axes not in (2, 3):
        raise ValueError(
            f"Invalid `size` argument. Expected a tuple of length 2 or 3. Received: size={size} with length {axes}"
        )
    return _windows(images, axes, size, strides, dilation_rate, padding, data_format)


@keras_op
def extract_patches_3d(
    volumes: Any,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """The windows of volumes [N, D, H, W, C] or [D, H, W, C], each flattened into the channels of one pixel.

    Source: https://keras.io/api/ops/image/
    """
    if not isinstance(size, int) and len(size) != 3:
        raise TypeError(
            f"Invalid `size` argument. Expected an int or a tuple of length 3. Received: size={size}"
        )
    return _windows(volumes, 3, size, strides, dilation_rate, padding, data_format)


def _windows(
    images: Any,
    count: int,
    size: Any,
    strides: Any,
    dilation_rate: Any,
    padding: str,
    data_format: str | None,
) -> Any:
    x, back = batched(images, data_format, count, "images" if count == 2 else "volumes")
    window = sizes(size, count, "size")
    steps = sizes(strides, count, "strides") if strides else window
    spread = sizes(dilation_rate, count, "dilation_rate")
    amounts = padding_amounts(padding, x.shape[1:-1], window, steps, spread)
    x = F.pad(x, [(0, 0), *amounts, (0, 0)])
    for place, (k, s, d) in enumerate(zip(window, steps, spread, strict=True)):
        axis = 1 + 2 * place
        windows = (x.shape[axis] - (k - 1) * d - 1) // s + 1
        starts = F.multiply(F.arange_dim(windows), s)
        # The axis becomes two: windows, and positions in them.
        x = F.take(x, F.add(F.expand_dims(starts, 1), np.arange(k) * d), axis)
    outer, inner = range(1, 2 * count, 2), range(2, 2 * count + 1, 2)
    patches = F.transpose(x, (0, *outer, *inner, 2 * count + 1))
    found = tuple(x.shape[axis] for axis in outer)
    return back(F.reshape(patches, (x.shape[0], *found, prod(window) * x.shape[-1])))
