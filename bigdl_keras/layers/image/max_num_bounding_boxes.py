"""The same number of bounding boxes for every image."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.image.base_image_preprocessing import BaseImagePreprocessingLayer


class MaxNumBoundingBoxes(BaseImagePreprocessingLayer):
    """Cuts the boxes of each image to `max_number`, or fills them up with `fill_value`.

    Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/
    """

    def __init__(self, max_number: int, fill_value: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_number = int(max_number)
        self.fill_value = int(fill_value)

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Any:
        """The images as they are."""
        return images

    def transform_labels(
        self, labels: Any, transformation: Any = None, training: bool = True
    ) -> Any:
        """The labels as they are."""
        return labels

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any = None, training: bool = True
    ) -> Any:
        """The masks as they are."""
        return segmentation_masks

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        """Boxes [B, max_number, 4] and labels [B, max_number]."""
        return {
            **bounding_boxes,
            "boxes": self._fitted(bounding_boxes["boxes"]),
            "labels": self._fitted(bounding_boxes["labels"]),
        }

    def _fitted(self, values: Any) -> Any:
        values = values[:, : self.max_number]
        missing = self.max_number - values.shape[1]
        widths = [(0, 0), (0, missing), *[(0, 0)] * (values.ndim - 2)]
        return ops.pad(values, widths, constant_values=self.fill_value)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shapes given, with `max_number` boxes."""
        if not (isinstance(input_shape, dict) and "bounding_boxes" in input_shape):
            return input_shape
        boxes = input_shape["bounding_boxes"]
        unknown = sorted(set(boxes) - {"boxes", "labels"})
        if unknown:
            raise KeyError(
                f"There are unsupported keys in `bounding_boxes`: {unknown}. "
                "Only `boxes` and `labels` are supported."
            )
        fitted = {key: (shape[0], self.max_number, *shape[2:]) for key, shape in boxes.items()}
        return {**input_shape, "bounding_boxes": fitted}
