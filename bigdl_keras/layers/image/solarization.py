"""Bright pixels inverted."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.image.base_random_color import BaseRandomColorLayer


class Solarization(BaseRandomColorLayer):
    """A random number added to all pixels of an image, then those above a random threshold inverted.

    Args:
        addition_factor: what is added is drawn within this, as a share of the range of values.
        threshold_factor: the threshold is drawn within this, as a share of the range of values.
        value_range: the lowest and highest value of a pixel.
        seed: of the random numbers.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/solarization/
    """

    def __init__(
        self,
        addition_factor: Any = 0.0,
        threshold_factor: Any = 0.0,
        value_range: Any = (0, 255),
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._set_seed(seed)
        self.addition_factor = self._share(addition_factor, "addition_factor")
        self.threshold_factor = self._share(threshold_factor, "threshold_factor")
        self._set_value_range(value_range)

    def _share(self, factor: Any, name: str) -> tuple[float, float]:
        for one in factor if isinstance(factor, list | tuple) else ():
            self._checked_range(one, name, (0, 1))
        return self._checked_range(factor, name, (0, 1))

    def _drawn(self, data: Any, seed: Any) -> Any:
        (least, most), (low, high) = self.addition_factor, self.threshold_factor
        # As in stock Keras, only the upper bounds are shares of 255.
        return {
            "additions": self._per_image(self._uniform(data, (least, most * 255), seed)),
            "thresholds": self._per_image(self._uniform(data, (low, high * 255), seed)),
        }

    def _changed(self, images: Any, transformation: Any) -> Any:
        x = self._rescaled(images, self.value_range, (0, 255))
        x = ops.clip(x + self._per_image(transformation["additions"]), 0, 255)
        x = ops.where(x < self._per_image(transformation["thresholds"]), x, 255 - x)
        return self._rescaled(x, (0, 255), self.value_range)
