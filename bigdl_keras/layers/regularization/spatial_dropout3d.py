"""Dropout of whole channels, 3-D."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.regularization.base_spatial_dropout import BaseSpatialDropout


class SpatialDropout3D(BaseSpatialDropout):
    """Drops whole channels over 3 spatial axes.

    Source: https://keras.io/api/layers/regularization_layers/spatial_dropout3d/
    """

    rank = 3

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(rate, data_format, seed, name, dtype)
