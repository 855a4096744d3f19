"""What the layers that move the pixels of images share."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.image.base_image_preprocessing import BaseImagePreprocessingLayer
from bigdl_keras.utils.bounding_boxes import clip_to_image_size, convert_format

INTERPOLATIONS = ("nearest", "bilinear")


class BaseGeometricLayer(BaseImagePreprocessingLayer):
    """A layer that moves pixels in training, and leaves everything as it is else.

    A subclass writes `_transform_images` and `_move_boxes`. Masks are moved as images are, without mixing their
    values; boxes follow, are cut off at the borders of the image, and labelled -1 when they are outside.
    """

    _FILL_MODES: tuple[str, ...] = ("reflect", "wrap", "constant", "nearest")

    interpolation: str
    fill_mode: str
    fill_value: float

    def _set_sampling(self, interpolation: str, fill_mode: str, fill_value: float) -> None:
        """Keep how values between pixels and outside are found; NotImplementedError for unknown names."""
        for name, value, known in (
            ("interpolation", interpolation, INTERPOLATIONS),
            ("fill_mode", fill_mode, self._FILL_MODES),
        ):
            if value not in known:
                raise NotImplementedError(
                    f"Unknown `{name}` {value} for {type(self).__name__}. Expected one of {known}."
                )
        self.interpolation = interpolation
        self.fill_mode = fill_mode
        self.fill_value = fill_value

    def _transform_images(self, images: Any, transformation: Any, interpolation: str) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not define `_transform_images`.")

    def _move_boxes(self, boxes: Any, transformation: Any, height: Any, width: Any) -> Any:
        """Boxes [B, N, 4], "xyxy" of an image of that size (in tensors), where their image goes."""
        raise NotImplementedError(f"{type(self).__name__} cannot move bounding boxes.")

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """Move the pixels."""
        images = ops.cast(images, self.compute_dtype)
        if self._idle(transformation, training):
            return images
        return self._transform_images(images, transformation, self.interpolation)

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> Any:
        """Move the pixels, each value whole."""
        if self._idle(transformation, training):
            return segmentation_masks
        return self._transform_images(segmentation_masks, transformation, "nearest")

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        """Move the boxes."""
        if self._idle(transformation, training):
            return bounding_boxes
        own = self.bounding_box_format
        if own is None:
            raise ValueError(f"{type(self).__name__} needs `bounding_box_format` to move boxes.")
        size = self._height_width(transformation)
        boxes = convert_format(bounding_boxes, own, "xyxy", *size)
        sides = (ops.cast(side, "float32") for side in size)
        moved = self._move_boxes(boxes["boxes"], transformation, *sides)
        size = self._result_size(*size)
        clipped = clip_to_image_size({**boxes, "boxes": moved}, *size)
        return convert_format(clipped, "xyxy", own, *size)

    def _idle(self, transformation: Any, training: bool) -> bool:
        """Whether everything stays as it is."""
        return transformation is None or not training

    def _height_width(self, transformation: Any) -> tuple[Any, Any]:
        """The size of the images that a transformation was drawn for."""
        shape = transformation["input_shape"]
        return shape[self.height_axis], shape[self.width_axis]

    def _result_size(self, height: Any, width: Any) -> tuple[Any, Any]:
        """The size of the results."""
        return height, width

    def _chosen(self, batch: Any, seed: Any) -> Any:
        """[B]: which images are changed, where `factor` is the range of the probability of that."""
        probability = random.uniform((batch,), *self.factor, seed=seed)
        return random.uniform((batch,), seed=seed) < probability

    def _signed_range(self, factor: Any, name: str, low: float = -1) -> tuple[float, float]:
        """(-f, f) for a number f, or a pair in order, all from `low` to 1; ValueError when out of bounds."""
        numbers = factor if isinstance(factor, list | tuple) else (factor,)
        known = all(isinstance(number, int | float) and low <= number <= 1 for number in numbers)
        if not known or (isinstance(factor, list | tuple) and len(factor) != 2):
            raise ValueError(
                f"The `{name}` argument of {type(self).__name__} should be a number (or a list of two numbers) in the "
                f"range [{low}, 1.0]. Received: {name}={factor}"
            )
        return (min(factor), max(factor)) if len(numbers) == 2 else (-abs(factor), abs(factor))


class BaseAffineLayer(BaseGeometricLayer):
    """A layer that moves each image by an affine map, which `_matrix` gives."""

    def _matrix(self, transformation: Any, height: Any, width: Any) -> Any:
        """[B, 8]: where each pixel comes from, as `ops.image.affine_transform` takes it."""
        raise NotImplementedError(f"{type(self).__name__} does not define `_matrix`.")

    def get_transformed_x_y(self, x: Any, y: Any, transform: Any) -> tuple[Any, Any]:
        """Where the pixel (x, y) of the results comes from: [B, 1] each, by maps [B, 8]."""
        a0, a1, a2, b0, b1, b2, c0, c1 = ops.split(transform, 8, axis=-1)
        depth = c0 * x + c1 * y + 1
        return (a0 * x + a1 * y + a2) / depth, (b0 * x + b1 * y + b2) / depth

    def get_shifted_bbox(
        self, bounding_boxes: dict[str, Any], w_shift_factor: Any, h_shift_factor: Any
    ) -> dict[str, Any]:
        """Boxes "xyxy" moved to the left and up by pixels [B, 1]."""
        shift = ops.concatenate([w_shift_factor, h_shift_factor] * 2, axis=-1)
        return {**bounding_boxes, "boxes": bounding_boxes["boxes"] - ops.expand_dims(shift, -2)}

    def _transform_images(self, images: Any, transformation: Any, interpolation: str) -> Any:
        height, width = images.shape[self.height_axis], images.shape[self.width_axis]
        return ops.image.affine_transform(
            images,
            self._matrix(transformation, height, width),
            interpolation=interpolation,
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
            data_format=self.data_format,
        )


def affine_rows(a0: Any, a1: Any, a2: Any, b0: Any, b1: Any, b2: Any) -> Any:
    """[B, 8] for ``x <- a0 x + a1 y + a2, y <- b0 x + b1 y + b2``, from tensors [B] and numbers."""
    entries = (a0, a1, a2, b0, b1, b2, 0, 0)
    like = next(entry for entry in entries if len(getattr(entry, "shape", ())) == 1)
    zero = ops.zeros_like(like)
    return ops.stack([zero + entry for entry in entries], axis=1)
