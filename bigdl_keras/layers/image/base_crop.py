"""What the layers that cut out a part of images share."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.image.base_geometric import BaseGeometricLayer


class BaseCrop(BaseGeometricLayer):
    """A layer whose results are parts of images, brought to a given size where they have another one."""

    _USE_BASE_FACTOR = False

    interpolation = "bilinear"

    height: int
    width: int

    def _place(self, transformation: Any, height: int, width: int) -> tuple[Any, Any, int, int]:
        """Top and left (which may be tensors), height and width of the part of images of that size."""
        raise NotImplementedError(f"{type(self).__name__} does not define `_place`.")

    def _largest_part(self, height: int, width: int) -> tuple[int, int, int, int]:
        """As `_place`: the largest part with the results' aspect ratio, in the middle."""
        part_height = max(min(height, int(width * self.height / self.width)), 1)
        part_width = max(min(width, int(height * self.width / self.height)), 1)
        return (height - part_height) // 2, (width - part_width) // 2, part_height, part_width

    def _transform_images(self, images: Any, transformation: Any, interpolation: str) -> Any:
        axes = self.height_axis, self.width_axis
        top, left, *size = self._place(transformation, *(images.shape[axis] for axis in axes))
        for axis, start, count in zip(axes, (top, left), size, strict=True):
            images = ops.take(images, ops.arange(count) + ops.cast(start, "int32"), axis=axis)
        return ops.image.resize(
            images,
            (self.height, self.width),
            interpolation=interpolation,
            data_format=self.data_format,
        )

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> Any:
        """Cut out the same part."""
        return self.transform_images(segmentation_masks, transformation, training)

    def _result_size(self, height: Any, width: Any) -> tuple[Any, Any]:
        return self.height, self.width

    def _move_boxes(self, boxes: Any, transformation: Any, height: Any, width: Any) -> Any:
        place = self._place(transformation, *self._height_width(transformation))
        top, left, part_height, part_width = place
        corner = ops.stack([ops.cast(at, boxes.dtype) for at in (left, top, left, top)])
        inside = ops.cast([part_width, part_height] * 2, boxes.dtype)
        scale = ops.cast([self.width / part_width, self.height / part_height] * 2, boxes.dtype)
        return ops.clip(boxes - corner, 0, inside) * scale
