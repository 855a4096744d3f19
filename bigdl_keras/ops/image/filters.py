"""Images convolved with fixed kernels."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_backend.primitives import functional as F
from bigdl_keras.core.keras_op import keras_op
from bigdl_keras.ops.convolution import depthwise_conv
from bigdl_keras.ops.image.layout import batched


def gaussian(count: int, deviation: Any, dtype: Any, reach: Any = None) -> Any:
    """The weights of `count` pixels in a row, zero further than `reach` from the middle; they sum to 1."""
    places = (np.arange(count) - (count - 1) / 2).astype(dtype)
    bell = F.exp(F.multiply(F.square(F.divide(places, deviation)), -0.5))
    if reach is not None:
        bell = F.where(F.less_equal(np.abs(places), reach), bell, 0)
    return F.divide(bell, F.sum(bell))


def filtered(x: Any, down: Any, across: Any, padding: str) -> Any:
    """[N, H, W, C] convolved with one kernel along H and another along W, for all channels."""
    channels = x.shape[-1]
    for kernel, shape in ((down, (-1, 1, 1, 1)), (across, (1, -1, 1, 1))):
        wide = F.tile(F.reshape(kernel, shape), (1, 1, channels, 1))
        x = depthwise_conv(x, wide, 1, padding, "channels_last")
    return x


@keras_op
def gaussian_blur(
    images: Any, kernel_size: Any = (3, 3), sigma: Any = (1.0, 1.0), data_format: str | None = None
) -> Any:
    """Images convolved with a Gaussian; both arguments give the number for the width first.

    Source: https://keras.io/api/ops/image/
    """
    x, back = batched(images, data_format)
    sigma = F.as_value(sigma, x.dtype)
    across, down = (gaussian(kernel_size[i], sigma[i], x.dtype) for i in (0, 1))
    return back(filtered(x, down, across, "same"))


@keras_op
def sobel_edges(images: Any, data_format: str | None = None) -> Any:
    """Vertical and horizontal edges of a batch of images, in a new last axis.

    Source: https://keras.io/api/ops/image/
    """
    if len(images.shape) != 4:
        raise ValueError(f"`sobel_edges` needs a batch of images, got {tuple(images.shape)}")
    x, back = batched(images, data_format)
    slope, smooth = (np.asarray(kernel, x.dtype) for kernel in ([-1, 0, 1], [1, 2, 1]))
    directions = ((slope, smooth), (smooth, slope))
    return F.stack([back(filtered(x, *pair, "same")) for pair in directions], -1)


@keras_op
def ssim(
    image1: Any,
    image2: Any,
    max_val: float = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    data_format: str | None = None,
) -> Any:
    """The structural similarity of two images, or of each pair of two batches: 1 for equal ones.

    Args:
        image1: [H, W, C] or [N, H, W, C] (channels first with that `data_format`).
        image2: of the same shape.
        max_val: the largest value a pixel can have.
        filter_size: the side of the Gaussian window in which statistics are taken.
        filter_sigma: its standard deviation.
        k1: keeps the comparison of means stable.
        k2: keeps the comparison of variances stable.
        data_format: "channels_last", "channels_first" or None for that of the config.

    Source: Wang et al., "Image quality assessment: from error visibility to structural similarity", 2004.
    """
    given = F.as_value(image1).dtype
    first, second = F.promoted_float(image1, image2)
    x, _ = batched(first, data_format, name="image1")
    y, _ = batched(second, data_format, name="image2")
    channels = x.shape[-1]
    together = F.concatenate([x, y, F.square(x), F.square(y), F.multiply(x, y)], -1)
    window = gaussian(filter_size, filter_sigma, together.dtype)
    means = filtered(together, window, window, "valid")
    mean_x, mean_y, square_x, square_y, product = (
        F.slice_axis(means, -1, i * channels, (i + 1) * channels) for i in range(5)
    )
    means_product = F.multiply(mean_x, mean_y)
    means_squares = F.add(F.square(mean_x), F.square(mean_y))
    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    covariance = F.subtract(product, means_product)
    variances = F.subtract(F.add(square_x, square_y), means_squares)
    alike = F.multiply(
        F.add(F.multiply(means_product, 2), c1), F.add(F.multiply(covariance, 2), c2)
    )
    apart = F.multiply(F.add(means_squares, c1), F.add(variances, c2))
    score = F.mean(F.divide(alike, apart), (1, 2, 3))
    return F.cast(score if len(image1.shape) == 4 else F.squeeze(score, 0), given)
