"""Images made lighter or darker."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.image.base_random_factor import BaseRandomFactorLayer


class RandomBrightness(BaseRandomFactorLayer):
    """One number added to all pixels of an image, a random share within `factor` of the width of `value_range`.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_brightness/
    """

    def __init__(
        self, factor: Any, value_range: Any = (0, 255), seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(factor, value_range, seed=seed, **kwargs)

    def _drawn(self, data: Any, seed: Any) -> Any:
        low, high = self.value_range
        return {"rgb_delta": self._per_image(self._uniform(data, self.factor, seed)) * (high - low)}

    def _changed(self, images: Any, transformation: Any) -> Any:
        return self._clipped(images + self._per_image(transformation["rgb_delta"]))
