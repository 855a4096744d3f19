"""Images turned into their negatives."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.image.base_random_factor import BaseRandomFactorLayer


class RandomInvert(BaseRandomFactorLayer):
    """Pixels x of some images become ``value_range[1] - x``, with a probability drawn within `factor`.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_invert/
    """

    _FACTOR_BOUNDS = (0, 1)

    def __init__(
        self,
        factor: Any = 1.0,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(factor, value_range, data_format, seed, **kwargs)

    def _drawn(self, data: Any, seed: Any) -> Any:
        return {"apply_inversion": self._chosen(data, self.factor, seed)}

    def _changed(self, images: Any, transformation: Any) -> Any:
        inverted = ops.reshape(transformation["apply_inversion"], (-1, 1, 1, 1))
        return ops.where(inverted, self.value_range[1] - images, images)
