"""The middle of images."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.image.base_crop import BaseCrop


class CenterCrop(BaseCrop):
    """Cuts out the middle, in training and after.

    Of images that are too small it takes the largest part with the wanted aspect ratio, and enlarges it.

    Args:
        height: of the result.
        width: of the result.
        data_format: "channels_last", "channels_first" or None for that of the config.

    Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/center_crop/
    """

    def __init__(
        self, height: int, width: int, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height = height
        self.width = width

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """The shape of the inputs; nothing is random."""
        return {"input_shape": self._images_shape(data)}

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Any:
        """Cut out the middle."""
        return super().transform_images(images, transformation, training)

    def _idle(self, transformation: Any, training: bool) -> bool:
        return False

    def _place(self, transformation: Any, height: int, width: int) -> tuple[Any, Any, int, int]:
        # An unknown size is taken to be large enough.
        if all(
            not isinstance(have, int) or have >= wanted
            for have, wanted in ((height, self.height), (width, self.width))
        ):
            top, left = (height - self.height) // 2, (width - self.width) // 2
            return top, left, self.height, self.width
        return self._largest_part(height, width)
