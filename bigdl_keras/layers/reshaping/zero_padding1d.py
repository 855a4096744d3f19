"""Zeros around the borders, 1-D."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.reshaping.base_border import BaseZeroPadding


class ZeroPadding1D(BaseZeroPadding):
    """Adds zeros before and after 1 spatial axis.

    Source: https://keras.io/api/layers/reshaping_layers/zero_padding1d/
    """

    rank = 1

    def __init__(self, padding: Any = 1, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(padding=padding, data_format=data_format, **kwargs)
