"""Colours made stronger or weaker."""

from __future__ import annotations

from typing import Any

from bigdl_keras import config, ops
from bigdl_keras.layers.image.base_random_hsv import BaseRandomHsvLayer


class RandomSaturation(BaseRandomHsvLayer):
    """The saturation of each image multiplied by f / (1 - f), f drawn within `factor`: 0 is grey, 0.5 no change.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_saturation/
    """

    def _drawn(self, data: Any, seed: Any) -> Any:
        drawn = self._uniform(data, self.factor, seed)
        return {"factor": drawn / (1 - drawn + config.epsilon())}

    def _changed(self, images: Any, transformation: Any) -> Any:
        factor = ops.reshape(ops.cast(transformation["factor"], self.compute_dtype), (-1, 1, 1))
        return self._with_channel(images, 1, lambda saturation: self._clipped(saturation * factor))
