"""What the layers that change the values of pixels share."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.image.base_image_preprocessing import BaseImagePreprocessingLayer


class BaseColorLayer(BaseImagePreprocessingLayer):
    """A layer that changes the values of pixels, in the compute dtype, while training.

    A subclass writes ``_changed(images, transformation)``. In inference images are only converted.
    """

    _USE_BASE_FACTOR = False

    value_range: Any

    def _set_value_range(self, value_range: Any) -> None:
        """Keep `value_range`, sorted; ValueError when it is no pair."""
        if not isinstance(value_range, list | tuple) or len(value_range) != 2:
            raise ValueError(
                f"The `value_range` argument of {type(self).__name__} should be a list of two numbers. "
                f"Received: value_range={value_range}"
            )
        self.value_range = sorted(value_range)

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Any:
        """The images [B, H, W, C] changed, in the compute dtype; a transformation that is not given is drawn."""
        images = ops.cast(images, self.compute_dtype)
        if not training:
            return images
        if transformation is None:
            transformation = self.get_random_transformation(images)
        return ops.cast(self._changed(images, transformation), self.compute_dtype)

    def _changed(self, images: Any, transformation: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not define `_changed`.")

    def _clipped(self, images: Any) -> Any:
        low, high = self.value_range
        return ops.clip(images, low, high)

    def _rescaled(self, images: Any, start: Any, end: Any) -> Any:
        """Pixels of the range `start` brought to the range `end`, in the compute dtype."""
        return self._transform_value_range(images, start, end, self.compute_dtype)
