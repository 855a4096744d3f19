"""What the layers that change the values of pixels at random share."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.image.base_color import BaseColorLayer


class BaseRandomColorLayer(BaseColorLayer):
    """A colour layer that draws something for each image.

    A subclass writes ``_drawn(data, seed)`` too: the transformation, for images or for a dict with images.
    """

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """What is drawn for one call; None for an inference."""
        self._is_batched(data)
        return self._drawn(data, self._seed_or_own(seed)) if training else None

    def _drawn(self, data: Any, seed: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not define `_drawn`.")

    def _uniform(self, data: Any, bounds: tuple[Any, Any], seed: Any) -> Any:
        """A number within `bounds` for each image, float32 [B]."""
        batch, _, _ = self._batch_height_width(data)
        return random.uniform((batch,), bounds[0], bounds[1], dtype="float32", seed=seed)

    def _chosen(self, data: Any, chance: tuple[float, float], seed: Any) -> Any:
        """Whether each image is changed, bool [B], with a probability that is drawn within `chance`."""
        bound = self._uniform(data, chance, seed)
        return self._uniform(data, (0.0, 1.0), seed) < bound

    def _per_image(self, values: Any) -> Any:
        """Numbers [B] or [B, 1, 1, 1] as [B, 1, 1, 1], in the compute dtype."""
        return ops.reshape(ops.cast(values, self.compute_dtype), (-1, 1, 1, 1))
