"""Max pooling over windows, 2-D."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras.layers.pooling.base_pooling import BasePooling


class MaxPooling2D(BasePooling):
    """Max of each window over 2 spatial axes.

    Source: https://keras.io/api/layers/pooling_layers/max_pooling2d/
    """

    rank = 2
    mode = "max"

    def __init__(
        self,
        pool_size: int | Sequence[int] = (2, 2),
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(pool_size, strides, padding, data_format, name, **kwargs)
