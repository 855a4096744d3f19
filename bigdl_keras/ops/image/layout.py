"""The one layout that the operations on images compute in: batches, channels last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bigdl_backend.primitives import functional as F
from bigdl_keras import config


def batched(
    images: Any, data_format: str | None, spatial: int = 2, name: str = "images"
) -> tuple[Any, Callable[[Any], Any]]:
    """[N, *spatial axes, C], and what turns a result back into the given form.

    Raises ``ValueError`` for a rank that is neither that of one image nor that of a batch.
    """
    x = F.as_value(images)
    if x.ndim not in (spatial + 1, spatial + 2):
        raise ValueError(
            f"Invalid {name} rank: expected rank {spatial + 1} (single image) or rank {spatial + 2} (batch of "
            f"images). Received input with shape: {name}.shape={tuple(x.shape)}"
        )
    first = config.standardize_data_format(data_format) == "channels_first"
    single = x.ndim == spatial + 1
    x = F.expand_dims(x, 0) if single else x

    def back(y: Any) -> Any:
        y = F.moveaxis(y, -1, 1) if first else y
        return F.squeeze(y, 0) if single else y

    return (F.moveaxis(x, 1, -1) if first else x), back


def known_size(x: Any) -> tuple[int, int]:
    """Height and width of a batch; ValueError when they are symbolic."""
    height, width = x.shape[1:3]
    if not isinstance(height, int) or not isinstance(width, int):
        raise ValueError(f"the height and width of images {tuple(x.shape)} must be known here")
    return height, width
