"""Zeros around the borders, 2-D."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.reshaping.base_border import BaseZeroPadding


class ZeroPadding2D(BaseZeroPadding):
    """Adds zeros before and after 2 spatial axes.

    Source: https://keras.io/api/layers/reshaping_layers/zero_padding2d/
    """

    rank = 2

    def __init__(
        self, padding: Any = (1, 1), data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(padding=padding, data_format=data_format, **kwargs)
