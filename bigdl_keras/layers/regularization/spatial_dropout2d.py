"""Dropout of whole channels, 2-D."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.regularization.base_spatial_dropout import BaseSpatialDropout


class SpatialDropout2D(BaseSpatialDropout):
    """Drops whole channels over 2 spatial axes.

    Source: https://keras.io/api/layers/regularization_layers/spatial_dropout2d/
    """

    rank = 2

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(rate, data_format, seed, name, dtype)
