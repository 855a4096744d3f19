"""Histograms made flat."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.image.base_color import BaseColorLayer


class Equalization(BaseColorLayer):
    """Values mapped so that all levels of a channel, over the whole batch, become about equally frequent.

    Where several workers share a batch, each looks at its own rows.

    Args:
        value_range: the lowest and highest value of a pixel.
        bins: the number of levels told apart.
        data_format: "channels_last", "channels_first" or None for that of the config.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/equalization/
    """

    def __init__(
        self,
        value_range: Any = (0, 255),
        bins: int = 256,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.bins = bins
        self._set_value_range(value_range)

    def _changed(self, images: Any, transformation: Any) -> Any:
        x = ops.cast(self._rescaled(images, self.value_range, (0, 255)), "float32")
        channels = x.shape[self.channel_axis]
        # Each channel has its own histogram: the levels of channel c begin at c * bins.
        wide = [1] * x.ndim
        wide[self.channel_axis] = channels
        first = ops.reshape(ops.arange(channels, dtype="int32") * self.bins, wide)
        levels = ops.clip(ops.cast(x * (self.bins - 1) / 255.0, "int32"), 0, self.bins - 1)
        counts = ops.reshape(
            ops.segment_sum(
                ops.ones((levels.size,), "int32"),
                ops.ravel(levels + first),
                channels * self.bins,
            ),
            (channels, self.bins),
        )
        table = ops.ravel(_equalized_levels(counts))
        found = ops.cast(ops.clip(x / 255.0 * (self.bins - 1), 0, self.bins - 1), "int32")
        several = ops.reshape(ops.sum(ops.cast(counts > 0, "int32"), axis=1) > 1, wide)
        equalized = ops.where(several, ops.take(table, found + first), x)
        return self._rescaled(equalized, (0, 255), self.value_range)


def _equalized_levels(counts: Any) -> Any:
    """The new value, 0 to 255, of each level: [C, bins] counts -> [C, bins] float32."""
    below = ops.cumsum(counts, axis=1)
    beyond = ops.cast(ops.max(below, axis=1, keepdims=True), "int32") + 1
    least = ops.min(ops.where(below > 0, below, beyond), axis=1, keepdims=True)
    span = below[:, -1:] - least
    span = ops.where(span == 0, ops.ones_like(span), span)
    share = ops.cast(below - least, "float32") * 255 / ops.cast(span, "float32")
    return ops.clip(ops.round(share), 0, 255)
