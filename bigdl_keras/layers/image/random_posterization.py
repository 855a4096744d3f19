"""Fewer levels of colour."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.image.base_random_factor import BaseRandomFactorLayer

_BITS = 8


class RandomPosterization(BaseRandomFactorLayer):
    """Only the highest bits of each of 8 bits of colour kept; their number is drawn within `factor`.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_posterization/
    """

    _FACTOR_BOUNDS = (1, _BITS)

    def _drawn(self, data: Any, seed: Any) -> Any:
        batch, _, _ = self._batch_height_width(data)
        low, high = self.factor
        if low == high:
            kept = ops.full((batch,), low, dtype="uint8")
        else:
            kept = random.randint((batch,), low, high, dtype="uint8", seed=seed)
        return {"shift_factor": ops.subtract(ops.cast(_BITS, "uint8"), kept)}

    def _changed(self, images: Any, transformation: Any) -> Any:
        lost = ops.reshape(ops.cast(transformation["shift_factor"], "uint8"), (-1, 1, 1, 1))
        levels = ops.clip(self._rescaled(images, self.value_range, (0, 255)), 0, 255)
        high = ops.right_shift(ops.cast(levels, "uint8"), lost)
        kept = ops.cast(ops.left_shift(high, lost), self.compute_dtype)
        return self._rescaled(kept, (0, 255), self.value_range)
