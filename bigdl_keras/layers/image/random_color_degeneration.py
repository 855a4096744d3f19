"""Colours faded."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.image.base_random_factor import BaseRandomFactorLayer


class RandomColorDegeneration(BaseRandomFactorLayer):
    """Images blended with their grey versions; the share of grey is drawn within `factor` for each image.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_color_degeneration/
    """

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
