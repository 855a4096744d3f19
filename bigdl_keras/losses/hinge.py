"""Margin losses."""

from typing import Any

from bigdl_backend.graph import replica
from bigdl_keras import ops
from bigdl_keras.losses.function_loss import NamedLoss


def _signs(y_true: Any) -> Any:
    """Labels in {-1, 1}; a batch made of zeros and ones only is converted."""
    binary = ops.logical_or(ops.equal(y_true, 0), ops.equal(y_true, 1))
    others = replica.sum_across(ops.sum(ops.cast(ops.logical_not(binary), "float32")))
    return ops.where(ops.equal(others, 0), 2.0 * y_true - 1.0, y_true)


def hinge(y_true: Any, y_pred: Any) -> Any:
    """`mean(max(1 - y_true * y_pred, 0))` over the last axis; labels are -1 / 1 or 0 / 1."""
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = _signs(ops.cast(y_true, y_pred.dtype))
    return ops.mean(ops.maximum(1.0 - y_true * y_pred, 0.0), axis=-1)


def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """`mean(max(1 - y_true * y_pred, 0) ** 2)` over the last axis; labels as for `hinge`."""
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = _signs(ops.cast(y_true, y_pred.dtype))
    return ops.mean(ops.square(ops.maximum(1.0 - y_true * y_pred, 0.0)), axis=-1)


def categorical_hinge(y_true: Any, y_pred: Any) -> Any:
    """`max(neg - pos + 1, 0)`: the best wrong class against the right one (one-hot labels)."""
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.cast(y_true, y_pred.dtype)
    positive = ops.sum(y_true * y_pred, axis=-1)
    negative = ops.max((1.0 - y_true) * y_pred, axis=-1)
    return ops.maximum(negative - positive + 1.0, 0.0)


class Hinge(NamedLoss):
    """See `hinge`."""

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(hinge, reduction=reduction, name=name, dtype=dtype)


class SquaredHinge(NamedLoss):
    """See `squared_hinge`."""

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "squared_hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(squared_hinge, reduction=reduction, name=name, dtype=dtype)


class CategoricalHinge(NamedLoss):
    """See `categorical_hinge`."""

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(categorical_hinge, reduction=reduction, name=name, dtype=dtype)
