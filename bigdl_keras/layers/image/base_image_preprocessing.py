"""What all layers that change images share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bigdl_keras import config, ops
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.random import SeedGenerator
from bigdl_keras.utils.bounding_boxes.dense import densify_bounding_boxes


class BaseImagePreprocessingLayer(BuiltinLayer):
    """A layer of images, or of dicts of images and what belongs to them.

    It is called on images [B, H, W, C] or [H, W, C] (channels first with that `data_format`), or on a dict of
    ``"images"`` and any of ``"labels"``, ``"bounding_boxes"`` and ``"segmentation_masks"``. What is drawn at
    random is drawn once a call, by `get_random_transformation`, and given to the ``transform_...`` methods, which
    see batches only. A subclass writes those; labels, boxes and masks stay as they are unless it says otherwise.

    Args:
        factor: how strong: a number, meaning (-factor, factor), or a pair (lower, upper), within
            ``_FACTOR_BOUNDS``. Only for classes with ``_USE_BASE_FACTOR``.
        bounding_box_format: the format of the boxes, such as "xyxy"; needed for boxes.
        data_format: "channels_last", "channels_first" or None for that of the config.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
    """

    _USE_BASE_FACTOR = True
    _FACTOR_BOUNDS: tuple[float, float] = (-1, 1)

    factor: tuple[float, float]
    seed: int | None
    generator: SeedGenerator

    def __init__(
        self,
        factor: Any = None,
        bounding_box_format: str | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.bounding_box_format = bounding_box_format
        self.data_format = config.standardize_data_format(data_format)
        first = self.data_format == "channels_first"
        self.channel_axis = -3 if first else -1
        self.height_axis = -2 if first else -3
        self.width_axis = -1 if first else -2
        if self._USE_BASE_FACTOR:
            self._set_factor(factor or 0.0)
        elif factor is not None:
            raise ValueError(
                f"Layer {type(self).__name__} does not take a `factor` argument. Received: factor={factor}"
            )
        self._allow_non_tensor_positional_args = True
        self.built = True

    def _set_factor(self, factor: Any) -> None:
        """Keep `factor` as (lower, upper); ValueError when it is out of bounds."""
        self.factor = self._checked_range(factor, "factor", self._FACTOR_BOUNDS)

    def _checked_range(
        self, factor: Any, name: str, bounds: tuple[float, float]
    ) -> tuple[float, float]:
        """(lower, upper) of a number or a pair; ValueError, with the argument's name, when out of bounds."""
        low, high = bounds
        if isinstance(factor, int | float) and low <= factor <= high:
            return max(-abs(factor), low), abs(factor)
        if isinstance(factor, list | tuple) and len(factor) == 2:
            lower, upper = factor
            if lower <= high and upper >= low:
                return (lower, upper) if lower <= upper else (upper, lower)
        raise ValueError(
            f"The `{name}` argument of {type(self).__name__} should be a number (or a list of two numbers) in the "
            f"range [{low}, {high}]. Received: {name}={factor}"
        )

    def _set_seed(self, seed: int | None) -> None:
        """Keep `seed`, and make the generator of this layer's random numbers."""
        self.seed = seed
        self.generator = SeedGenerator(seed)

    def _seed_or_own(self, seed: Any) -> Any:
        """The seed given to `get_random_transformation`, else the layer's generator."""
        return self.generator if seed is None else seed

    def _images_shape(self, data: Any) -> tuple[Any, ...]:
        """The shape of the images in what the layer is called on."""
        return tuple((data["images"] if isinstance(data, dict) else data).shape)

    def _batch_height_width(self, data: Any) -> tuple[Any, Any, Any]:
        """Those sizes of what the layer is called on; a single image is a batch of 1."""
        shape = self._images_shape(data)
        batch = shape[0] if len(shape) == 4 else 1
        return batch, shape[self.height_axis], shape[self.width_axis]

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """What is drawn for one call; None for a layer that draws nothing."""
        return None

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images [B, H, W, C] changed."""
        raise NotImplementedError(f"{type(self).__name__} does not define `transform_images`.")

    def transform_labels(self, labels: Any, transformation: Any, training: bool = True) -> Any:
        """The labels of the images changed."""
        return labels

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        """The boxes, ``{"boxes": [B, N, 4], "labels": [B, N]}``, changed."""
        return bounding_boxes

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> Any:
        """The masks [B, H, W, C] changed."""
        return segmentation_masks

    def transform_single_image(self, image: Any, transformation: Any, training: bool = True) -> Any:
        """As `transform_images`, for one image."""
        return self._as_batch(self.transform_images, image, transformation, training)

    def transform_single_label(self, label: Any, transformation: Any, training: bool = True) -> Any:
        """As `transform_labels`, for one label."""
        return self._as_batch(self.transform_labels, label, transformation, training)

    def transform_single_bounding_box(
        self, bounding_box: Any, transformation: Any, training: bool = True
    ) -> Any:
        """As `transform_bounding_boxes`, for the boxes of one image."""
        return self._as_batch(self.transform_bounding_boxes, bounding_box, transformation, training)

    def transform_single_segmentation_mask(
        self, segmentation_mask: Any, transformation: Any, training: bool = True
    ) -> Any:
        """As `transform_segmentation_masks`, for one mask."""
        return self._as_batch(
            self.transform_segmentation_masks, segmentation_mask, transformation, training
        )

    @staticmethod
    def _as_batch(
        transform: Callable[..., Any], one: Any, transformation: Any, training: bool
    ) -> Any:
        if isinstance(one, dict):
            batch = {key: ops.expand_dims(value, 0) for key, value in one.items()}
            result = transform(batch, transformation, training=training)
            return {key: ops.squeeze(value, 0) for key, value in result.items()}
        result = transform(ops.expand_dims(one, 0), transformation, training=training)
        return ops.squeeze(result, 0)

    def call(self, data: Any, training: bool = True) -> Any:
        """Draw a transformation and change everything in `data` by it."""
        transformation = self.get_random_transformation(data, training=training)
        batched = self._is_batched(data)
        if not isinstance(data, dict):
            change = self.transform_images if batched else self.transform_single_image
            return change(data, transformation=transformation, training=training)
        methods: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
            "images": (self.transform_images, self.transform_single_image),
            "bounding_boxes": (self.transform_bounding_boxes, self.transform_single_bounding_box),
            "labels": (self.transform_labels, self.transform_single_label),
            "segmentation_masks": (
                self.transform_segmentation_masks,
                self.transform_single_segmentation_mask,
            ),
        }
        result = dict(data)
        for key, (of_batch, of_one) in methods.items():
            if key in data:
                value = self._dense_boxes(data[key]) if key == "bounding_boxes" else data[key]
                method = of_batch if batched else of_one
                result[key] = method(value, transformation=transformation, training=training)
        return result

    def _is_batched(self, data: Any) -> bool:
        shape = self._images_shape(data)
        if len(shape) not in (3, 4):
            raise ValueError(
                f"Layer {self.name!r} expects images of rank 3 (single image) or 4 (batch of images). "
                f"Received: data.shape={shape}"
            )
        return len(shape) == 4

    def _dense_boxes(self, bounding_boxes: Any) -> Any:
        if not self.bounding_box_format:
            raise ValueError(
                "You passed an input with a 'bounding_boxes' key, but you didn't specify a bounding box format. "
                f"Pass a `bounding_box_format` argument to your {type(self).__name__} layer, e.g. "
                "`bounding_box_format='xyxy'`."
            )
        return densify_bounding_boxes(bounding_boxes)

    @staticmethod
    def _transform_value_range(
        images: Any,
        original_range: tuple[float, float],
        target_range: tuple[float, float],
        dtype: str = "float32",
    ) -> Any:
        """Pixels of `original_range` brought to `target_range`."""
        if tuple(original_range) == tuple(target_range):
            return images
        (low, high), (new_low, new_high) = original_range, target_range
        unit = (ops.cast(images, dtype) - low) / (high - low)
        return unit * (new_high - new_low) + new_low

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor; the format of boxes where there is one."""
        settings = super().get_config()
        settings["data_format"] = self.data_format
        if self.bounding_box_format is not None:
            settings["bounding_box_format"] = self.bounding_box_format
        return settings
