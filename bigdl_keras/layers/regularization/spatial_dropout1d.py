"""Dropout of whole channels, 1-D."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.regularization.base_spatial_dropout import BaseSpatialDropout


class SpatialDropout1D(BaseSpatialDropout):
    """Drops whole channels over 1 spatial axis.

    Source: https://keras.io/api/layers/regularization_layers/spatial_dropout1d/
    """

    rank = 1

    def __init__(
        self, rate: float, seed: Any = None, name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(rate, "channels_last", seed, name, dtype)
