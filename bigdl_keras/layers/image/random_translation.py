"""Images shifted at random."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.image.base_geometric import BaseAffineLayer, affine_rows


class RandomTranslation(BaseAffineLayer):
    """Shifts each image by shares of its height and width.

    Args:
        height_factor: a number f, meaning (-f, f), or (lower, upper), from -1 to 1; positive is down.
        width_factor: likewise; positive is to the right.
        fill_mode: this and the others as for `RandomRotation`.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_translation/
    """

    _USE_BASE_FACTOR = False

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height_factor = height_factor
        self.height_lower, self.height_upper = self._signed_range(height_factor, "height_factor")
        self.width_factor = width_factor
        self.width_lower, self.width_upper = self._signed_range(width_factor, "width_factor")
        self._set_sampling(interpolation, fill_mode, fill_value)
        self._set_seed(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """``translations`` [B, 2], in pixels to the right and down."""
        if not training:
            return None
        batch, height, width = self._batch_height_width(data)
        seed = self._seed_or_own(seed)
        down = random.uniform((batch, 1), self.height_lower, self.height_upper, seed=seed)
        right = random.uniform((batch, 1), self.width_lower, self.width_upper, seed=seed)
        sides = ops.cast([width, height], "float32")
        translations = ops.cast(ops.concatenate([right, down], axis=1), "float32") * sides
        return {"translations": translations, "input_shape": self._images_shape(data)}

    def _matrix(self, transformation: Any, height: Any, width: Any) -> Any:
        right, down = ops.unstack(transformation["translations"], axis=1)
        return affine_rows(1, 0, -right, 0, 1, -down)

    def _move_boxes(self, boxes: Any, transformation: Any, height: Any, width: Any) -> Any:
        matrix = self._matrix(transformation, height, width)
        shift = self.get_transformed_x_y(0, 0, matrix)
        return self.get_shifted_bbox({"boxes": boxes}, *shift)["boxes"]
