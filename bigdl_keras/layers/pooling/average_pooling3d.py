"""Average pooling over windows, 3-D."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras.layers.pooling.base_pooling import BasePooling


class AveragePooling3D(BasePooling):
    """Average of each window over 3 spatial axes.

    Source: https://keras.io/api/layers/pooling_layers/average_pooling3d/
    """

    rank = 3
    mode = "average"

    def __init__(
        self,
        pool_size: int | Sequence[int],
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(pool_size, strides, padding, data_format, name, **kwargs)
