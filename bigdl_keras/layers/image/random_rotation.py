"""Images turned at random."""

from __future__ import annotations

from math import pi
from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.image.base_geometric import BaseAffineLayer, affine_rows
from bigdl_keras.utils.bounding_boxes import affine_transform


class RandomRotation(BaseAffineLayer):
    """Turns each image around its middle by a share `factor` of a full turn.

    Positive angles turn counterclockwise.

    Args:
        factor: a number f, meaning (-f, f), or (lower, upper), in full turns.
        fill_mode: what is outside: "reflect", "wrap", "constant" or "nearest".
        interpolation: "bilinear" or "nearest".
        seed: an int or None.
        fill_value: the value of "constant".
        data_format: "channels_last", "channels_first" or None for that of the config.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_rotation/
    """

    def __init__(
        self,
        factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(factor=factor, data_format=data_format, **kwargs)
        self._set_sampling(interpolation, fill_mode, fill_value)
        self._set_seed(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """``angle`` [B] in degrees, and ``rotation_matrix`` [B, 8] ([8] for a single image)."""
        if not training:
            return None
        batch, height, width = self._batch_height_width(data)
        lower, upper = (360.0 * bound for bound in self.factor)
        angle = random.uniform((batch,), lower, upper, seed=self._seed_or_own(seed))
        turn = angle * (pi / 180)
        cos, sin = ops.cos(turn), ops.sin(turn)
        x, y = (0.5 * (ops.cast(side, "float32") - 1) for side in (width, height))
        matrix = affine_rows(cos, -sin, x - x * cos + y * sin, sin, cos, y - x * sin - y * cos)
        single = len(self._images_shape(data)) == 3
        return {
            "angle": angle,
            "rotation_matrix": ops.squeeze(matrix, 0) if single else matrix,
            "image_height": height,
            "image_width": width,
            "batch_size": batch,
        }

    def _height_width(self, transformation: Any) -> tuple[Any, Any]:
        return transformation["image_height"], transformation["image_width"]

    def _matrix(self, transformation: Any, height: Any, width: Any) -> Any:
        return transformation["rotation_matrix"]

    def _move_boxes(self, boxes: Any, transformation: Any, height: Any, width: Any) -> Any:
        angle = transformation["angle"]
        still = ops.zeros_like(angle)
        one = ops.ones_like(angle)
        return affine_transform(boxes, angle, still, still, one, still, still, height, width)
