"""Images of another size, each axis by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import pi
from typing import Any

import numpy as np

from bigdl_backend.graph.dims import DimLike
from bigdl_backend.graph.dims import maximum as larger_dim
from bigdl_backend.graph.dims import minimum as smaller_dim
from bigdl_backend.primitives import functional as F
from bigdl_keras.core.keras_op import keras_op
from bigdl_keras.ops.convolution import sizes
from bigdl_keras.ops.image.layout import batched

# Weights that sum to less come from outside of the image only.
_NO_WEIGHT = 1000 * float(np.finfo(np.float32).eps)


def _triangle(x: Any) -> Any:
    return F.maximum(F.subtract(1, x), 0)


def _polynomial(x: Any, *coefficients: float) -> Any:
    value: Any = coefficients[0]
    for coefficient in coefficients[1:]:
        value = F.add(F.multiply(value, x), coefficient)
    return value


def _cubic(x: Any) -> Any:
    """Keys's kernel with a = -0.5."""
    far = F.where(F.less(x, 2), _polynomial(x, -0.5, 2.5, -4, 2), 0)
    return F.where(F.less(x, 1), _polynomial(x, 1.5, -2.5, 0, 1), far)


def _lanczos(radius: int) -> Callable[[Any], Any]:
    def kernel(x: Any) -> Any:
        near = F.less(x, 1e-3)
        turn = F.multiply(F.where(near, 1, x), pi)
        waves = F.multiply(F.sin(turn), F.sin(F.divide(turn, radius)))
        value = F.divide(F.multiply(waves, radius), F.square(turn))
        return F.where(near, 1, F.where(F.greater(x, radius), 0, value))

    return kernel


_KERNELS: dict[str, Callable[[Any], Any]] = {
    "bilinear": _triangle,
    "bicubic": _cubic,
    "lanczos3": _lanczos(3),
    "lanczos5": _lanczos(5),
}
_METHODS = {
    **dict.fromkeys(("linear", "bilinear", "trilinear", "triangle"), _triangle),
    **dict.fromkeys(("cubic", "bicubic", "tricubic"), _cubic),
    "lanczos3": _KERNELS["lanczos3"],
    "lanczos5": _KERNELS["lanczos5"],
}


def _weights(
    before: DimLike,
    after: int,
    scale: Any,
    translation: Any,
    kernel: Callable[[Any], Any],
    antialias: bool,
) -> Any:
    """What each of `before` pixels gives to each of `after` ones along one axis: [after, before]."""
    step = F.divide(1, scale)
    pixels = F.cast(F.arange_dim(before), step.dtype)
    spread = F.maximum(step, 1) if antialias else 1
    places = np.arange(after, dtype=step.dtype) + np.asarray(0.5, step.dtype)
    centre = F.subtract(F.multiply(F.subtract(places, translation), step), 0.5)
    distance = F.subtract(F.expand_dims(centre, 1), pixels)
    weights = kernel(F.divide(F.absolute(distance), spread))
    total = F.sum(weights, 1, keepdims=True)
    end = F.subtract(F.size(before, step.dtype), 0.5)
    inside = F.logical_and(F.greater_equal(centre, -0.5), F.less_equal(centre, end))
    counts = F.logical_and(F.greater(F.absolute(total), _NO_WEIGHT), F.expand_dims(inside, 1))
    return F.where(counts, F.divide(weights, F.where(counts, total, 1)), 0)


def _combined(x: Any, axis: int, weights: Any) -> Any:
    """The pixels of one axis replaced by sums with these weights."""
    return F.moveaxis(F.tensordot(x, F.cast(weights, x.dtype), ([axis], [1])), -1, axis)


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

    Interpolation is nearest, bilinear, bicubic, lanczos3 or lanczos5. Either of the two for the aspect ratio
    keeps it, by cutting off what is too much or by adding `fill_value` around.

    Source: https://keras.io/api/ops/image/#resize-function
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
    x, back = batched(images, data_format)
    if crop_to_aspect_ratio:
        x = _cropped_to_ratio(x, wanted)
    if pad_to_aspect_ratio:
        x = _padded_to_ratio(x, wanted, fill_value)
    dtype = x.dtype
    for axis, after in enumerate(wanted, start=1):
        x = _resized_axis(x, axis, after, interpolation, antialias)
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        x = F.clip(F.round(x), int(limits.min), int(limits.max))
    return back(F.cast(x, dtype))


def _cropped_to_ratio(x: Any, wanted: Sequence[int]) -> Any:
    height, width = x.shape[1:3]
    inner = (
        larger_dim(smaller_dim(height, width * wanted[0] // wanted[1]), 1),
        larger_dim(smaller_dim(width, height * wanted[1] // wanted[0]), 1),
    )
    for axis, (have, keep) in enumerate(zip((height, width), inner, strict=True), start=1):
        start = (have - keep) // 2
        x = F.slice_axis(x, axis, start, start + keep)
    return x


def _padded_to_ratio(x: Any, wanted: Sequence[int], fill_value: float) -> Any:
    height, width = x.shape[1:3]
    # As Keras: the same margin on both sides, a missing odd pixel is left out.
    margins = (
        (larger_dim(height, width * wanted[0] // wanted[1]) - height) // 2,
        (larger_dim(width, height * wanted[1] // wanted[0]) - width) // 2,
    )
    return F.pad(x, [(0, 0), *((m, m) for m in margins), (0, 0)], constant_values=fill_value)


def _resized_axis(x: Any, axis: int, after: int, interpolation: str, antialias: bool) -> Any:
    before = x.shape[axis]
    if before == after:
        return x
    if interpolation == "nearest":
        step = F.divide(F.size(before, "float64"), after)
        nearest = F.floor(F.multiply(np.arange(after) + 0.5, step))
        return F.take(x, F.cast(nearest, "int32"), axis)
    (x,) = F.promoted_float(x)
    scale = F.divide(after, F.size(before, "float64"))
    kernel = _KERNELS[interpolation]
    return _combined(x, axis, _weights(before, after, scale, 0.0, kernel, antialias))


@keras_op
def scale_and_translate(
    images: Any,
    output_shape: Sequence[int],
    scale: Any,
    translation: Any,
    spatial_dims: Sequence[int],
    method: str,
    antialias: bool = True,
) -> Any:
    """Images resampled so that what is at x comes to ``x * scale + translation``, zero where nothing comes to.

    Args:
        images: of any rank.
        output_shape: the shape of the result, of that rank.
        scale: [K], one number a spatial axis.
        translation: [K], in pixels of the result; a pixel's centre is at its index + 0.5.
        spatial_dims: the K axes.
        method: "linear", "cubic", "lanczos3", "lanczos5", or a name for one of the first two with bi- or tri-.
        antialias: whether pixels are averaged where the result is smaller.

    Raises:
        ValueError: another method, or counts that do not go together.

    Source: https://keras.io/api/ops/image/
    """
    if method not in _METHODS:
        raise ValueError(
            f"Invalid value for argument `method`. Expected of one {tuple(_METHODS)}. Received: method={method}"
        )
    (x,) = F.promoted_float(images)
    scale, translation = F.promoted_float(scale, translation)
    if not tuple(scale.shape) == tuple(translation.shape) == (len(spatial_dims),):
        raise ValueError(
            f"`scale` and `translation` must have one number for each of spatial_dims={tuple(spatial_dims)}. "
            f"Received: scale.shape={tuple(scale.shape)}, translation.shape={tuple(translation.shape)}"
        )
    if len(output_shape) != x.ndim:
        raise ValueError(
            f"`output_shape` must have one size for each of the {x.ndim} axes. Received: {output_shape}"
        )
    for place, dim in enumerate(spatial_dims):
        axis = dim % x.ndim
        weights = _weights(
            x.shape[axis],
            output_shape[axis],
            scale[place],
            translation[place],
            _METHODS[method],
            antialias,
        )
        x = _combined(x, axis, weights)
    return x
