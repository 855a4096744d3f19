"""Colours shifted round the circle of hues."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.image.base_random_hsv import BaseRandomHsvLayer


class RandomHue(BaseRandomHsvLayer):
    """The hue of each image turned, either way, by half a circle times a number drawn within `factor`.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_hue/
    """

    _FACTOR_BOUNDS = (0, 1)

    def _drawn(self, data: Any, seed: Any) -> Any:
        backwards = self._uniform(data, (0.0, 1.0), seed) > 0.5
        turn = self._uniform(data, self.factor, seed) * 0.5
        return {"factor": ops.where(backwards, -turn, turn)}

    def _changed(self, images: Any, transformation: Any) -> Any:
        turn = ops.reshape(ops.cast(transformation["factor"], self.compute_dtype), (-1, 1, 1))

        def turned(hue: Any) -> Any:
            hue = hue + turn
            hue = ops.where(hue > 1.0, hue - 1.0, hue)
            return ops.where(hue < 0.0, hue + 1.0, hue)

        unit = self._rescaled(images, self.value_range, (0, 1))
        unit = ops.clip(self._with_channel(unit, 0, turned), 0, 1)
        return self._rescaled(unit, (0, 1), self.value_range)
