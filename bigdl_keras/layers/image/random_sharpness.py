"""Images made sharper or smoother."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_keras import ops
from bigdl_keras.layers.image.base_random_factor import BaseRandomFactorLayer

_SMOOTHING = np.array([[1, 1, 1], [1, 5, 1], [1, 1, 1]]) / 13.0


class RandomSharpness(BaseRandomFactorLayer):
    """Images moved from their smoothed versions by twice a number drawn within `factor`: 0 smooths, 0.5 no change.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_sharpness/
    """

    _FACTOR_BOUNDS = (0, 1)

    def _drawn(self, data: Any, seed: Any) -> Any:
        return {"factor": self._uniform(data, self.factor, seed)}

    def _changed(self, images: Any, transformation: Any) -> Any:
        channels = images.shape[self.channel_axis]
        kernel = np.broadcast_to(_SMOOTHING[:, :, None, None], (3, 3, channels, 1))
        kernel = ops.cast(kernel, self.compute_dtype)
        smooth = ops.depthwise_conv(images, kernel, 1, "same", self.data_format)
        share = 1.0 - self._per_image(transformation["factor"]) * 2
        return self._clipped(images + share * (smooth - images))
