"""Images turned grey."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.image.base_random_color import BaseRandomColorLayer


class RandomGrayscale(BaseRandomColorLayer):
    """Some images become grey, in three equal channels, with probability `factor`; the dtype stays.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_grayscale/
    """

    def __init__(
        self,
        factor: float = 0.5,
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        if factor < 0 or factor > 1:
            raise ValueError(f"`factor` should be between 0 and 1. Received: factor={factor}")
        self.factor = factor  # type: ignore[assignment]  # one number here
        self._set_seed(seed)

    def _drawn(self, data: Any, seed: Any) -> Any:
        return ops.reshape(self._uniform(data, (0.0, 1.0), seed) < self.factor, (-1, 1, 1, 1))

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Any:
        """The images [B, H, W, C], some of them grey."""
        if not training:
            return images
        if transformation is None:
            transformation = self.get_random_transformation(images)
        grey = ops.image.rgb_to_grayscale(images, self.data_format)
        return ops.where(transformation, grey, images)
