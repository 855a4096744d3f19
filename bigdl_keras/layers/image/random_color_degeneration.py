"""Colours faded."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.image.base_random_color import BaseRandomColorLayer


class RandomColorDegeneration(BaseRandomColorLayer):
    """Images blended with their grey versions; the share of grey is drawn within `factor` for each image.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_color_degeneration/
    """

    def __init__(
        self,
        factor: Any,
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self._set_factor(factor)
        self._set_value_range(value_range)
        self._set_seed(seed)

    def compute_output_spec(self, data: Any, **kwargs: Any) -> Any:
        """Symbolic outputs; ValueError for images that have no three channels."""
        channels = self._images_shape(data)[self.channel_axis]
        if channels not in (None, 3):
            raise ValueError(
                f"Layer {self.name!r} needs images of 3 channels, but received images with {channels} channels."
            )
        return super().compute_output_spec(data, **kwargs)

    def _drawn(self, data: Any, seed: Any) -> Any:
        return {"factor": self._per_image(self._uniform(data, self.factor, seed))}

    def _changed(self, images: Any, transformation: Any) -> Any:
        grey = ops.image.rgb_to_grayscale(images, self.data_format)
        return self._clipped(images + self._per_image(transformation["factor"]) * (grey - images))
