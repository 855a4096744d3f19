"""RandAugment (Cubuk et al. 2019)."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.image.base_augmenter import BaseAugmenter

_LAYERS = (
    "random_shear",
    "random_translation",
    "random_rotation",
    "random_brightness",
    "random_color_degeneration",
    "random_contrast",
    "random_sharpness",
    "random_posterization",
    "solarization",
    "auto_contrast",
    "equalization",
)


class RandAugment(BaseAugmenter):
    """`num_ops` image layers, drawn at each call from eleven, one after another on the whole batch.

    In a traced model all eleven are computed for each of `num_ops`, and one result is taken.

    Args:
        value_range: the lowest and highest value of a pixel.
        num_ops: how many layers are applied.
        factor: the strength of all of them, from 0 to 1.
        interpolation: of the layers that move pixels.
        seed: of the random numbers.
        data_format: "channels_last", "channels_first" or None for that of the config.

    Source: https://arxiv.org/abs/1909.13719
    """

    def __init__(
        self,
        value_range: Any = (0, 255),
        num_ops: int = 2,
        factor: Any = 0.5,
        interpolation: str = "bilinear",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            _LAYERS,
            factor,
            interpolation,
            value_range=value_range,
            seed=seed,
            data_format=data_format,
            **kwargs,
        )
        self.num_ops = num_ops

    def _drawn(self, data: Any, seed: Any) -> Any:
        numbers = random.randint((self.num_ops,), 0, len(_LAYERS), seed=seed)
        transforms = {
            name: self._part(name).get_random_transformation(data, seed=seed) for name in _LAYERS
        }
        return {"transforms": transforms, "layer_idxes": numbers}

    def _changed(self, images: Any, transformation: Any) -> Any:
        return self._applied("transform_images", images, transformation)

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        """The boxes moved as their images."""
        if not training:
            return bounding_boxes
        return self._applied("transform_bounding_boxes", bounding_boxes, transformation)

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> Any:
        """The masks moved as their images."""
        if not training:
            return segmentation_masks
        return self._applied("transform_segmentation_masks", segmentation_masks, transformation)

    def _applied(self, method: str, value: Any, transformation: Any) -> Any:
        """`value` changed by that method of the layers drawn."""

        def branch(name: str) -> Any:
            of_layer = getattr(self._part(name), method)
            return lambda x: of_layer(x, transformation["transforms"][name])

        branches = [branch(name) for name in _LAYERS]
        for turn in range(self.num_ops):
            value = ops.switch(transformation["layer_idxes"][turn], branches, value)
        return value
