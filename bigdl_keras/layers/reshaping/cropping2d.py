"""Borders cut off, 2-D."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.reshaping.base_border import BaseCropping


class Cropping2D(BaseCropping):
    """Cuts values off both ends of 2 spatial axes.

    Source: https://keras.io/api/layers/reshaping_layers/cropping2d/
    """

    rank = 2

    def __init__(
        self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(cropping=cropping, data_format=data_format, **kwargs)
