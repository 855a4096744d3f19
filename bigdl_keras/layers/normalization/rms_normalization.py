"""Root-mean-square normalisation (Zhang & Sennrich 2019)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.builtin_layer import BuiltinLayer


class RMSNormalization(BuiltinLayer):
    """Divides by the root mean square over `axis`, then scales.

    Source: https://keras.io/api/layers/normalization_layers/rms_normalization/
    """

    def __init__(
        self, axis: int | Sequence[int] = -1, epsilon: float = 1e-6, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.axis = [axis] if isinstance(axis, int) else list(axis)
        self.epsilon = epsilon

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make the scale, of the shape of the normalised axes."""
        self.scale = self.add_weight(
            name="scale",
            shape=tuple(input_shape[axis] for axis in self.axis),
            initializer="ones",
            autocast=False,
        )
        self.built = True

    def call(self, x: Any) -> Any:
        """Normalise over the axes."""
        return ops.rms_normalization(x, scale=self.scale, axis=self.axis, epsilon=self.epsilon)
