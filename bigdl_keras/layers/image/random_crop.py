"""Parts of images, at random places."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.image.base_crop import BaseCrop
from bigdl_keras.random import make_default_seed


class RandomCrop(BaseCrop):
    """Cuts out a part in training, at the same place for all images of a batch.

    Of images that are too small it takes the middle, and enlarges it. After training images stay as they are.

    Args:
        height: of the result.
        width: of the result.
        seed: an int or None.
        data_format: "channels_last", "channels_first" or None for that of the config.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_crop/
    """

    def __init__(
        self,
        height: int,
        width: int,
        seed: int | None = None,
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, data_format=data_format, **kwargs)
        self.height = height
        self.width = width
        self._set_seed(make_default_seed() if seed is None else seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """The first row and column of the part, and height and width of the inputs."""
        _, height, width = self._batch_height_width(data)
        if not isinstance(height, int) or not isinstance(width, int):
            raise ValueError(
                "RandomCrop requires the input to have a fully defined height and width. "
                f"Received: images.shape={self._images_shape(data)}"
            )
        if not training or height <= self.height or width <= self.width:
            return (*self._largest_part(height, width)[:2], height, width)
        seed = self._seed_or_own(seed)
        top, left = (
            ops.cast(random.uniform((), 0.0, float(room + 1), seed=seed), "int32")
            for room in (height - self.height, width - self.width)
        )
        return top, left, height, width

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """Cut out the part."""
        if not training:
            return images
        return super().transform_images(images, transformation, training)

    def _height_width(self, transformation: Any) -> tuple[Any, Any]:
        return transformation[2:]

    def _place(self, transformation: Any, height: int, width: int) -> tuple[Any, Any, int, int]:
        top, left = transformation[:2]
        # Only a fixed place may leave less than the wanted size.
        part_height = min(self.height, height - top) if isinstance(top, int) else self.height
        part_width = min(self.width, width - left) if isinstance(left, int) else self.width
        return top, left, part_height, part_width
