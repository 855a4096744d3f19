"""Bringing labels, predictions and weights to one rank."""

from typing import Any

from bigdl_keras import ops


def same_rank(x1: Any, x2: Any, expand_rank_1: bool = True) -> tuple[Any, Any]:
    """Remove or add a last axis of size one where the ranks differ by one.

    Args:
        x1: tensor.
        x2: tensor.
        expand_rank_1: a vector facing a column becomes a column (else the column a vector).

    Returns:
        The two tensors; unchanged when no axis of size one accounts for the difference.
    """
    difference = len(x1.shape) - len(x2.shape)
    if difference == 1 and x1.shape[-1] == 1:
        if len(x2.shape) == 1 and expand_rank_1:
            return x1, ops.expand_dims(x2, -1)
        return ops.squeeze(x1, -1), x2
    if difference == -1 and x2.shape[-1] == 1:
        if len(x1.shape) == 1 and expand_rank_1:
            return ops.expand_dims(x1, -1), x2
        return x1, ops.squeeze(x2, -1)
    return x1, x2


def as_tensors(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Labels cast to the dtype of the predictions, both brought to one rank."""
    y_pred = ops.convert_to_tensor(y_pred)
    return same_rank(ops.cast(y_true, y_pred.dtype), y_pred)
