"""Borders cut off, 3-D."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.reshaping.base_border import BaseCropping


class Cropping3D(BaseCropping):
    """Cuts values off both ends of 3 spatial axes.

    Source: https://keras.io/api/layers/reshaping_layers/cropping3d/
    """

    rank = 3

    def __init__(
        self,
        cropping: Any = ((1, 1), (1, 1), (1, 1)),
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(cropping=cropping, data_format=data_format, **kwargs)
