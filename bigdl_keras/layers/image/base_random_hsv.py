"""What the layers that change hue or saturation share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.image.base_random_factor import BaseRandomFactorLayer


class BaseRandomHsvLayer(BaseRandomFactorLayer):
    """A colour layer that works on hue, saturation and value."""

    def _with_channel(self, images: Any, number: int, change: Callable[[Any], Any]) -> Any:
        """RGB images with one channel of their HSV form changed."""
        hsv = ops.image.rgb_to_hsv(images, self.data_format)
        channels = ops.unstack(hsv, axis=self.channel_axis)
        channels[number] = change(channels[number])
        hsv = ops.stack(channels, axis=self.channel_axis)
        return ops.image.hsv_to_rgb(hsv, self.data_format)
