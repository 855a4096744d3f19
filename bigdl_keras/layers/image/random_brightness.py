"""Images made lighter or darker."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.image.base_random_color import BaseRandomColorLayer


class RandomBrightness(BaseRandomColorLayer):
    """One number added to all pixels of an image, a random share within `factor` of the width of `value_range`.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_brightness/
    """

    _USE_BASE_FACTOR = True

    def __init__(
        self, factor: Any, value_range: Any = (0, 255), seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(factor=factor, **kwargs)
        self._set_seed(seed)
        self._set_value_range(value_range)

    def _drawn(self, data: Any, seed: Any) -> Any:
        low, high = self.value_range
        return {"rgb_delta": self._per_image(self._uniform(data, self.factor, seed)) * (high - low)}

    def _changed(self, images: Any, transformation: Any) -> Any:
        return self._clipped(images + self._per_image(transformation["rgb_delta"]))
