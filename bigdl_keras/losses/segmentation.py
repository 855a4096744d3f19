"""Overlap losses of segmentation."""

from typing import Any

from bigdl_backend.graph import replica
from bigdl_keras import ops
from bigdl_keras.config import epsilon
from bigdl_keras.losses.function_loss import NamedLoss

Axis = int | tuple[int, ...] | list[int] | None


def _total(x: Any, axis: Axis) -> Any:
    """Sum over `axis`; a sum over everything spans the rows of all workers."""
    total = ops.sum(x, axis=axis)
    return replica.sum_across(total) if axis is None else total


def dice(y_true: Any, y_pred: Any, axis: Axis = None) -> Any:
    """`1 - 2 * |A and B| / (|A| + |B|)` over `axis` (all axes by default)."""
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.cast(y_true, y_pred.dtype)
    overlap = _total(y_true * y_pred, axis)
    return 1 - 2.0 * overlap / (_total(y_true, axis) + _total(y_pred, axis) + epsilon())


def tversky(
    y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Axis = None
) -> Any:
    """Dice with separate weights for the two kinds of errors (Salehi et al., 2017).

    Args:
        y_true: labels in [0, 1].
        y_pred: predictions in [0, 1], same shape.
        alpha: weight of labels that the prediction misses.
        beta: weight of predictions without a label.
        axis: axes to sum over; all by default.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.cast(y_true, y_pred.dtype)
    overlap = _total(y_true * y_pred, axis)
    missed = _total((1 - y_pred) * y_true, axis)
    invented = _total(y_pred * (1 - y_true), axis)
    return 1 - overlap / (overlap + missed * alpha + invented * beta + epsilon())


class Dice(NamedLoss):
    """See `dice`."""

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "dice",
        axis: Axis = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(dice, reduction=reduction, name=name, dtype=dtype, axis=axis)


class Tversky(NamedLoss):
    """See `tversky`."""

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str = "tversky",
        axis: Axis = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            tversky, reduction=reduction, name=name, dtype=dtype, alpha=alpha, beta=beta, axis=axis
        )
