"""Images made larger or smaller at random."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.image.base_geometric import BaseAffineLayer, affine_rows


class RandomZoom(BaseAffineLayer):
    """Shows each image larger or smaller, around its middle.

    Args:
        height_factor: a number f, meaning (-f, f), or (lower, upper), above -1 and up to 1: the share by which
            the part of the height that is seen grows; negative numbers enlarge the image.
        width_factor: likewise; None keeps the aspect ratio.
        fill_mode: this and the others as for `RandomRotation`.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_zoom/
    """

    _USE_BASE_FACTOR = False

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height_factor = height_factor
        self.height_lower, self.height_upper = self._zoom_range(height_factor, "height_factor")
        self.width_factor = width_factor
        if width_factor is not None:
            self.width_lower, self.width_upper = self._zoom_range(width_factor, "width_factor")
        self._set_sampling(interpolation, fill_mode, fill_value)
        self._set_seed(seed)

    def _zoom_range(self, factor: Any, name: str) -> tuple[float, float]:
        # With -1 nothing at all would be seen.
        lower, upper = self._signed_range(factor, name)
        if -1 in (factor if isinstance(factor, list | tuple) else (factor,)):
            raise ValueError(
                f"The `{name}` argument of RandomZoom must be greater than -1. Received: {name}={factor}"
            )
        return lower, upper

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """``height_zoom`` and ``width_zoom`` [B, 1]: how much is seen, 1 for the image as it is."""
        if not training:
            return None
        batch, _, _ = self._batch_height_width(data)
        seed = self._seed_or_own(seed)
        height_zoom = width_zoom = random.uniform(
            (batch, 1), 1.0 + self.height_lower, 1.0 + self.height_upper, seed=seed
        )
        if self.width_factor is not None:
            width_zoom = random.uniform(
                (batch, 1), 1.0 + self.width_lower, 1.0 + self.width_upper, seed=seed
            )
        return {
            "height_zoom": height_zoom,
            "width_zoom": width_zoom,
            "input_shape": self._images_shape(data),
        }

    def _matrix(self, transformation: Any, height: Any, width: Any) -> Any:
        across, down = (
            ops.squeeze(ops.cast(transformation[name], "float32"), -1)
            for name in ("width_zoom", "height_zoom")
        )
        last_column, last_row = (ops.cast(side, "float32") - 1 for side in (width, height))
        left, top = last_column / 2 * (1 - across), last_row / 2 * (1 - down)
        return affine_rows(across, 0, left, 0, down, top)

    def get_clipped_bbox(
        self, bounding_boxes: dict[str, Any], h_end: Any, h_start: Any, w_end: Any, w_start: Any
    ) -> dict[str, Any]:
        """Boxes "xyxy" cut off at the borders of a part of the image, each [B, 1], and seen from there."""
        start, end = (
            ops.expand_dims(ops.concatenate(corner * 2, axis=-1), -2)
            for corner in ([w_start, h_start], [w_end, h_end])
        )
        boxes = ops.clip(bounding_boxes["boxes"], start, end) - start
        return {**bounding_boxes, "boxes": boxes}

    def _move_boxes(self, boxes: Any, transformation: Any, height: Any, width: Any) -> Any:
        matrix = self._matrix(transformation, height, width)
        left, top = self.get_transformed_x_y(0, 0, matrix)
        right, bottom = self.get_transformed_x_y(width, height, matrix)
        seen = self.get_clipped_bbox({"boxes": boxes}, bottom, top, right, left)["boxes"]
        scale = ops.concatenate([width / (right - left), height / (bottom - top)] * 2, axis=-1)
        return seen * ops.expand_dims(scale, -2)
