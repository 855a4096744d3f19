"""Images mirrored at random."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.image.base_geometric import BaseGeometricLayer

_MODES = ("horizontal", "vertical", "horizontal_and_vertical")


class RandomFlip(BaseGeometricLayer):
    """Mirrors each image with probability 1/2.

    Args:
        mode: "horizontal" (left to right), "vertical" (upside down) or "horizontal_and_vertical", for both at
            once.
        seed: an int or None.
        data_format: "channels_last", "channels_first" or None for that of the config.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_flip/
    """

    _USE_BASE_FACTOR = False

    # Pixels change places, and keep their values.
    interpolation = "nearest"

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        if mode not in _MODES:
            raise ValueError(f"`mode` of RandomFlip must be one of {_MODES}. Received: mode={mode}")
        self.mode = mode
        self._set_seed(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """``flips`` [B, 1, 1, 1] ([1, 1, 1] for a single image): which ones are mirrored."""
        if not training:
            return None
        shape = self._images_shape(data)
        drawn = random.uniform((*shape[:-3], 1, 1, 1), seed=self._seed_or_own(seed))
        return {"flips": drawn <= 0.5, "input_shape": shape}

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> Any:
        """Mirror."""
        return self.transform_images(segmentation_masks, transformation, training)

    def _transform_images(self, images: Any, transformation: Any, interpolation: str) -> Any:
        axes = []
        if "horizontal" in self.mode:
            axes.append(self.width_axis)
        if "vertical" in self.mode:
            axes.append(self.height_axis)
        return ops.where(transformation["flips"], ops.flip(images, axes), images)

    def _move_boxes(self, boxes: Any, transformation: Any, height: Any, width: Any) -> Any:
        x1, y1, x2, y2 = ops.unstack(boxes, axis=-1)
        if "horizontal" in self.mode:
            x1, x2 = width - x2, width - x1
        if "vertical" in self.mode:
            y1, y2 = height - y2, height - y1
        flipped = ops.stack([x1, y1, x2, y2], axis=-1)
        return ops.where(ops.reshape(transformation["flips"], (-1, 1, 1)), flipped, boxes)
