"""Borders cut off, 1-D."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.reshaping.base_border import BaseCropping


class Cropping1D(BaseCropping):
    """Cuts values off both ends of time.

    Source: https://keras.io/api/layers/reshaping_layers/cropping1d/
    """

    rank = 1

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any) -> None:
        super().__init__(cropping=cropping, data_format="channels_last", **kwargs)
