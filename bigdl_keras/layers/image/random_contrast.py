"""Contrast made higher or lower."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.image.base_random_factor import BaseRandomFactorLayer


class RandomContrast(BaseRandomFactorLayer):
    """The distance of each pixel from the mean of its channel multiplied by a random number of the image.

    The number lies in [1 - lower, 1 + upper] for `factor` (lower, upper); a single number is the upper one.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_contrast/
    """

    _FACTOR_BOUNDS = (0, 1)

    def __init__(
        self, factor: Any, value_range: Any = (0, 255), seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(factor, value_range, seed=seed, **kwargs)

    def _drawn(self, data: Any, seed: Any) -> Any:
        lower, upper = self.factor
        drawn = self._uniform(data, (1.0 - lower, 1.0 + upper), seed)
        return {"contrast_factor": self._per_image(drawn)}

    def _changed(self, images: Any, transformation: Any) -> Any:
        mean = ops.mean(images, (self.height_axis, self.width_axis), keepdims=True)
        factor = self._per_image(transformation["contrast_factor"])
        return self._clipped((images - mean) * factor + mean)
