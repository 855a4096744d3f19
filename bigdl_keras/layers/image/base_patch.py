"""What the layers that replace a rectangle of an image share."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_keras import ops, random
from bigdl_keras.layers.image.base_random_factor import BaseRandomFactorLayer


class BasePatchLayer(BaseRandomFactorLayer):
    """A layer that draws a rectangle in each image."""

    def _patch(self, data: Any, wide: Any, tall: Any, seed: Any) -> tuple[Any, Any]:
        """A mask of the pixels inside, and the share of the image that they are.

        Args:
            data: what the layer is called on.
            wide: the share of the width of each image, [B].
            tall: the share of the height of each image, [B].
            seed: of the random positions.

        Returns:
            bool [B, H, W, 1] (or [B, 1, H, W]), and [B, 1, 1, 1].
        """
        batch, height, width = self._batch_height_width(data)
        inside, share = [], 1.0
        for axis, size, part in (
            (self.width_axis, width, wide),
            (self.height_axis, height, tall),
        ):
            length = self._per_image(part * size)
            free = random.uniform((batch,), dtype=self.compute_dtype, seed=seed)
            start = self._per_image(free) * (size - length)
            along = [1, 1, 1, 1]
            along[axis] = size
            place = np.arange(size).astype(self.compute_dtype).reshape(along)
            inside.append((place >= start) & (place < start + length))
            share = share * (length / size)
        return ops.logical_and(*inside), share
