"""Contrast stretched to the whole range of values."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.image.base_color import BaseColorLayer


class AutoContrast(BaseColorLayer):
    """Each channel of each image scaled so that its smallest and largest value are those of `value_range`.

    It does so in inference too. A channel of one value stays as it is.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/auto_contrast/
    """

    def __init__(self, value_range: Any = (0, 255), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._set_value_range(value_range)

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Any:
        """The images [B, H, W, C] stretched."""
        return super().transform_images(images, transformation, training=True)

    def _changed(self, images: Any, transformation: Any) -> Any:
        x = self._rescaled(images, self.value_range, (0, 255))
        # Stock Keras takes axes 1 and 2 in both layouts, which mixes the channels of "channels_first".
        axes = (self.height_axis, self.width_axis)
        low, high = ops.min(x, axes, keepdims=True), ops.max(x, axes, keepdims=True)
        flat = high <= low
        scale = 255.0 / ops.where(flat, ops.ones_like(high), high - low)
        stretched = ops.clip(x * scale - low * scale, 0.0, 255.0)
        return ops.where(flat, images, self._rescaled(stretched, (0, 255), self.value_range))
