"""Images of another size."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.image.base_geometric import BaseGeometricLayer


class Resizing(BaseGeometricLayer):
    """Brings images to a height and width, in training and after.

    Args:
        height: of the result.
        width: of the result.
        interpolation: "bilinear", "nearest", "bicubic", "lanczos3" or "lanczos5".
        crop_to_aspect_ratio: whether the aspect ratio is kept by cutting off what is too much.
        pad_to_aspect_ratio: whether it is kept by adding `fill_value` around.
        fill_mode: "constant".
        fill_value: what is added around.
        antialias: whether pixels are averaged where the result is smaller.
        data_format: "channels_last", "channels_first" or None for that of the config.

    Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/resizing/
    """

    _USE_BASE_FACTOR = False

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_mode: str = "constant",
        fill_value: float = 0.0,
        antialias: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height = height
        self.width = width
        self.interpolation = interpolation
        self.crop_to_aspect_ratio = crop_to_aspect_ratio
        self.pad_to_aspect_ratio = pad_to_aspect_ratio
        self.fill_mode = fill_mode
        self.fill_value = fill_value
        self.antialias = bool(antialias)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Height and width of the inputs; nothing is random."""
        _, height, width = self._batch_height_width(data)
        return height, width

    def _transform_images(self, images: Any, transformation: Any, interpolation: str) -> Any:
        return ops.image.resize(
            images,
            (self.height, self.width),
            interpolation=interpolation,
            antialias=self.antialias,
            crop_to_aspect_ratio=self.crop_to_aspect_ratio,
            pad_to_aspect_ratio=self.pad_to_aspect_ratio,
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
            data_format=self.data_format,
        )

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Any:
        """Resize; the dtype stays."""
        return self._transform_images(images, transformation, self.interpolation)

    def transform_labels(
        self, labels: Any, transformation: Any = None, training: bool = True
    ) -> Any:
        """The labels as they are."""
        return labels

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any = None, training: bool = True
    ) -> Any:
        """Resize, each value whole."""
        return self._transform_images(segmentation_masks, transformation, "nearest")

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        """Resize; boxes that only fill up (zeros or -1 throughout) become zeros."""
        given = bounding_boxes["boxes"]
        filling = ops.logical_or(ops.all(given == -1, axis=-1), ops.all(given == 0, axis=-1))
        result = super().transform_bounding_boxes(bounding_boxes, transformation, training)
        return {**result, "boxes": ops.where(ops.expand_dims(filling, -1), 0.0, result["boxes"])}

    def _idle(self, transformation: Any, training: bool) -> bool:
        return False

    def _height_width(self, transformation: Any) -> tuple[Any, Any]:
        return transformation

    def _result_size(self, height: Any, width: Any) -> tuple[Any, Any]:
        return self.height, self.width

    def _move_boxes(self, boxes: Any, transformation: Any, height: Any, width: Any) -> Any:
        across, down = self.width / width, self.height / height
        left = top = ops.zeros_like(across)
        if self.pad_to_aspect_ratio:
            across = down = ops.minimum(across, down)
            left, top = (self.width - width * across) // 2, (self.height - height * down) // 2
        elif self.crop_to_aspect_ratio:
            across = down = ops.maximum(across, down)
            left, top = -((width * across - self.width) // 2), -((height * down - self.height) // 2)
        return boxes * ops.stack([across, down] * 2) + ops.stack([left, top] * 2)
