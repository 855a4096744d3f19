"""Images seen from elsewhere, at random."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.image.base_geometric import BaseGeometricLayer
from bigdl_keras.ops.image.homography import homography, projected
from bigdl_keras.utils.bounding_boxes.geometry import around_corners


class RandomPerspective(BaseGeometricLayer):
    """Moves the corners of each image, and the image with them.

    Args:
        factor: the probability that an image is changed, or (lower, upper) to draw it from, from 0 to 1.
        scale: how far corners may move, from 0 to 1: half of this share of their place.
        interpolation: "bilinear" or "nearest".
        fill_value: what is outside.
        seed: an int or None.
        data_format: "channels_last", "channels_first" or None for that of the config.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_perspective/
    """

    _USE_BASE_FACTOR = False
    _FACTOR_BOUNDS = (0, 1)

    def __init__(
        self,
        factor: Any = 1.0,
        scale: float = 1.0,
        interpolation: str = "bilinear",
        fill_value: float = 0.0,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self._set_factor(factor)
        if not 0.0 <= scale <= 1.0:
            raise ValueError(
                f"The `scale` argument should be a number in the range [0,1]. Received: scale={scale}"
            )
        self.scale = scale
        self._set_sampling(interpolation, "constant", fill_value)
        self._set_seed(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """``apply_perspective`` [B], and the corners' ``start_points`` and ``end_points`` [B, 4, 2]."""
        if not training:
            return None
        batch, height, width = self._batch_height_width(data)
        seed = self._seed_or_own(seed)
        apply = self._chosen(batch, seed)
        reach = 0.5 * self.scale
        moves = random.uniform((batch, 4, 2), -reach, reach, seed=seed, dtype=self.compute_dtype)
        right, low = width - 1, height - 1
        corners = ops.cast([[0, 0], [right, 0], [0, low], [right, low]], self.compute_dtype)
        start = ops.zeros_like(moves) + corners
        return {
            "apply_perspective": apply,
            "start_points": start,
            "end_points": start + start * moves,
            "input_shape": self._images_shape(data),
        }

    def _transform_images(self, images: Any, transformation: Any, interpolation: str) -> Any:
        moved = ops.image.perspective_transform(
            images,
            transformation["start_points"],
            transformation["end_points"],
            interpolation=interpolation,
            fill_value=self.fill_value,
            data_format=self.data_format,
        )
        apply = transformation["apply_perspective"]
        return ops.where(ops.reshape(apply, (-1, *(1,) * (images.ndim - 1))), moved, images)

    def _move_boxes(self, boxes: Any, transformation: Any, height: Any, width: Any) -> Any:
        start, end = transformation["start_points"], transformation["end_points"]
        goes_to = homography(start, end)
        moved = around_corners(boxes, lambda x, y: projected(goes_to, x, y))
        apply = transformation["apply_perspective"]
        return ops.where(ops.reshape(apply, (-1, 1, 1)), moved, boxes)
