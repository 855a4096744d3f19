"""Images moved, turned and bent."""

from __future__ import annotations

from typing import Any

from bigdl_backend.primitives import functional as F
from bigdl_keras import random
from bigdl_keras.core.keras_op import keras_op
from bigdl_keras.ops.image.filters import filtered, gaussian
from bigdl_keras.ops.image.homography import homography, projected, wide_float
from bigdl_keras.ops.image.layout import batched
from bigdl_keras.ops.image.sampling import check_fill_mode, order_of, sample


def _grid(x: Any, dtype: Any = "float32") -> tuple[Any, Any]:
    """The columns [1, 1, W] and rows [1, H, 1] of the pixels of a batch."""
    rows, columns = (F.arange_dim(side, dtype) for side in x.shape[1:3])
    return F.reshape(columns, (1, 1, -1)), F.reshape(rows, (1, -1, 1))


@keras_op
def affine_transform(
    images: Any,
    transform: Any,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Any:
    """Images moved by affine maps.

    Args:
        images: [H, W, C] or [N, H, W, C] (channels first with that `data_format`).
        transform: [8] or [N, 8], (a0, a1, a2, b0, b1, b2, c0, c1): the pixel (x, y) of the result comes from
            ``(a0 x + a1 y + a2, b0 x + b1 y + b2) / (c0 x + c1 y + 1)``.
        interpolation: "nearest" or "bilinear".
        fill_mode: what is outside: "constant", "nearest", "wrap", "mirror" or "reflect", as for
            `map_coordinates`.
        fill_value: the value of "constant".
        data_format: "channels_last", "channels_first" or None for that of the config.

    Raises:
        ValueError: another rank, interpolation or fill mode.

    Source: https://keras.io/api/ops/image/#affine_transform-function
    """
    order = order_of(interpolation)
    check_fill_mode(fill_mode)
    (transform,) = F.promoted_float(transform)
    x, back = batched(images, data_format)
    if transform.ndim not in (1, 2):
        raise ValueError(
            "Invalid transform rank: expected rank 1 (single transform) or rank 2 (batch of transforms). "
            f"Received input with shape: transform.shape={tuple(transform.shape)}"
        )
    coefficients = F.reshape(transform, (-1, 8))
    columns, rows = projected(coefficients, *_grid(x, wide_float(coefficients.dtype)))
    return back(sample(x, (rows, columns), order, fill_mode, fill_value))


@keras_op
def perspective_transform(
    images: Any,
    start_points: Any,
    end_points: Any,
    interpolation: str = "bilinear",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Any:
    """Images seen from elsewhere, so that four points come to lie where four others were.

    Args:
        images: [H, W, C] or [N, H, W, C] (channels first with that `data_format`).
        start_points: [4, 2] or [N, 4, 2], (x, y) of top left, top right, bottom left and bottom right.
        end_points: where those points go, of the same shape.
        interpolation: "nearest" or "bilinear".
        fill_value: what comes from outside of the image.
        data_format: "channels_last", "channels_first" or None for that of the config.

    Raises:
        ValueError: another rank, shape or interpolation.

    Source: https://keras.io/api/ops/image/
    """
    order = order_of(interpolation)
    x, back = batched(images, data_format)
    start, end = F.as_value(start_points), F.as_value(end_points)
    for name, points in (("start_points", start), ("end_points", end)):
        if points.ndim not in (2, 3) or tuple(points.shape[-2:]) != (4, 2):
            raise ValueError(
                f"Invalid {name} shape: expected (4,2) for a single image or (N,4,2) for a batch. "
                f"Received shape: {tuple(points.shape)}"
            )
    if tuple(start.shape) != tuple(end.shape):
        raise ValueError(
            "start_points and end_points must have the same shape. "
            f"Received start_points.shape={tuple(start.shape)}, end_points.shape={tuple(end.shape)}"
        )
    come_from = homography(F.reshape(end, (-1, 4, 2)), F.reshape(start, (-1, 4, 2)))
    columns, rows = projected(come_from, *_grid(x, come_from.dtype))
    return back(sample(x, (rows, columns), order, "constant", fill_value))


@keras_op
def elastic_transform(
    images: Any,
    alpha: float = 20.0,
    sigma: float = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    seed: Any = None,
    data_format: str | None = None,
) -> Any:
    """Images bent at random, each by its own smooth field.

    Args:
        images: [H, W, C] or [N, H, W, C] (channels first with that `data_format`).
        alpha: how far pixels move.
        sigma: how smooth the field is: the standard deviation, in pixels, of the Gaussian that blurs it.
        interpolation: "nearest" or "bilinear".
        fill_mode: what is outside: "constant", "nearest", "wrap", "mirror" or "reflect", as for
            `map_coordinates`.
        fill_value: the value of "constant".
        seed: an int or a SeedGenerator.
        data_format: "channels_last", "channels_first" or None for that of the config.

    Raises:
        ValueError: another rank, interpolation or fill mode.

    Source: Simard et al., "Best practices for convolutional neural networks", 2003.
    """
    sigma = float(sigma)
    return bent(
        images, float(alpha), sigma, sigma, interpolation, fill_mode, fill_value, seed, data_format
    )


def bent(
    images: Any,
    alpha: Any,
    sigma: Any,
    largest_sigma: float,
    interpolation: str,
    fill_mode: str,
    fill_value: float,
    seed: Any,
    data_format: str | None,
) -> Any:
    """As `elastic_transform`, where `alpha` and `sigma` may be tensors; `sigma` is at most `largest_sigma`."""
    order = order_of(interpolation)
    check_fill_mode(fill_mode)
    x, back = batched(images, data_format)
    noise = F.multiply(random.normal((*x.shape[:3], 2), seed=seed), sigma)
    window = gaussian(int(6 * largest_sigma) | 1, sigma, "float32", reach=F.multiply(sigma, 3))
    field = F.multiply(F.cast(filtered(noise, window, window, "same"), "float32"), alpha)
    columns, rows = _grid(x)
    places = (F.add(rows, field[..., 1]), F.add(columns, field[..., 0]))
    return back(sample(x, places, order, fill_mode, fill_value))
