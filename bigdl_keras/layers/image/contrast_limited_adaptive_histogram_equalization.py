"""Local contrast raised, up to a limit (Zuiderveld 1994)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bigdl_keras import ops
from bigdl_keras.layers.image.base_color import BaseColorLayer

_LEVELS = 256


class ContrastLimitedAdaptiveHistogramEqualization(BaseColorLayer):
    """CLAHE: histograms of tiles made flat, the mappings of neighbouring tiles blended; in inference too.

    Args:
        value_range: the lowest and highest value of a pixel.
        clip_limit: how often, relative to the mean of all levels, a level may count; the excess is spread over all
            levels. 0 for no limit.
        tile_grid_size: the number of tiles (rows, columns).
        data_format: "channels_last", "channels_first" or None for that of the config.

    Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/
    """

    def __init__(
        self,
        value_range: Any = (0, 255),
        clip_limit: float = 4.0,
        tile_grid_size: Sequence[int] = (8, 8),
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.value_range = value_range
        self.clip_limit = clip_limit
        self.tile_grid_size = tuple(tile_grid_size)

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Any:
        """The images [B, H, W, C] equalised, in their own dtype."""
        x = ops.moveaxis(images, self.channel_axis, -1)
        x = self._transform_value_range(x, self.value_range, (0, 255))
        x = self._transform_value_range(self._equalized(x), (0, 255), self.value_range)
        return ops.cast(ops.moveaxis(x, -1, self.channel_axis), images.dtype)

    def _equalized(self, images: Any) -> Any:
        batch, height, width, channels = images.shape
        if not isinstance(height, int) or not isinstance(width, int):
            raise ValueError(
                f"Layer {self.name!r} needs images of known height and width, got {tuple(images.shape)}"
            )
        rows, columns = self.tile_grid_size
        tall, wide = -(-height // rows), -(-width // columns)
        # Images that the tiles do not cover exactly are mirrored at their ends.
        for axis, (size, full) in enumerate(((height, tall * rows), (width, wide * columns)), 1):
            images = ops.take(images, np.pad(np.arange(size), (0, full - size), "symmetric"), axis)
        levels = ops.cast(ops.clip(images, 0, _LEVELS - 1), "int32")
        channel = ops.arange(channels, dtype="int32")
        image = ops.reshape(ops.arange(batch, dtype="int32"), (-1, 1, 1, 1))

        def cells(row: np.ndarray, column: np.ndarray) -> Any:
            """For each pixel, where the count of its level in that tile is: [B, H, W, C]."""
            tile = (row[:, None] * columns + column[None, :]).astype("int32")[None, :, :, None]
            return ((image * (rows * columns) + tile) * channels + channel) * _LEVELS + levels

        own = cells(np.arange(tall * rows) // tall, np.arange(wide * columns) // wide)
        counts = ops.segment_sum(
            ops.ones((own.size,), "float32"),
            ops.ravel(own),
            batch * (rows * columns * channels * _LEVELS),
        )
        table = ops.ravel(self._mappings(ops.reshape(counts, (-1, _LEVELS)), tall * wide))
        above, under, down = _neighbours(tall, rows)
        left, right, across = _neighbours(wide, columns)
        down, across = down[None, :, None, None], across[None, None, :, None]
        upper, lower = (
            ops.take(table, cells(row, left)) * (1.0 - across)
            + ops.take(table, cells(row, right)) * across
            for row in (above, under)
        )
        return (upper * (1.0 - down) + lower * down)[:, :height, :width, :]

    def _mappings(self, counts: Any, pixels: int) -> Any:
        """The new value of each level in each tile: counts [T, 256] -> values [T, 256]."""
        if self.clip_limit > 0:
            limited = ops.clip(counts, 0, self.clip_limit * pixels / _LEVELS)
            excess = ops.sum(counts - limited, axis=-1, keepdims=True)
            counts = limited + excess / _LEVELS
        below = ops.cumsum(counts, axis=-1)
        least = ops.min(below, axis=-1, keepdims=True)
        span = pixels - least
        span = ops.where(span == 0, ops.ones_like(span), span)
        return ops.clip((below - least) * 255.0 / span, 0, 255)


def _neighbours(size: int, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each pixel of one axis: the tiles whose centres are around it, and the share of the second one."""
    place = (np.arange(size * count, dtype="float32") - np.float32(size / 2)) / np.float32(size)
    before = np.floor(place)
    share = place - before
    first, second = (np.clip(tile, 0, count - 1).astype("int32") for tile in (before, before + 1))
    return first, second, share
