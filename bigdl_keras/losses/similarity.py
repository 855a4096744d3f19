"""Losses on directions."""

from typing import Any

from bigdl_keras import ops
from bigdl_keras.losses.alignment import as_tensors
from bigdl_keras.losses.function_loss import NamedLoss


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Minus the cosine between labels and predictions along `axis`: -1 is a perfect match."""
    y_true, y_pred = as_tensors(y_true, y_pred)
    return -ops.sum(ops.normalize(y_true, axis=axis) * ops.normalize(y_pred, axis=axis), axis=axis)


class CosineSimilarity(NamedLoss):
    """See `cosine_similarity`."""

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "cosine_similarity",
        dtype: Any = None,
    ) -> None:
        super().__init__(cosine_similarity, reduction=reduction, name=name, dtype=dtype, axis=axis)
