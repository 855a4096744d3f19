"""How often the label is among the k largest predictions."""

from typing import Any

from bigdl_keras import ops
from bigdl_keras.config import floatx
from bigdl_keras.metrics.mean import NamedMeanMetric


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """One where the (one-hot) label is among the `k` largest predictions."""
    return sparse_top_k_categorical_accuracy(ops.argmax(y_true, axis=-1), y_pred, k)


def sparse_top_k_categorical_accuracy(
    y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False
) -> Any:
    """One where the (integer) label is among the `k` largest predictions.

    Args:
        y_true: labels, any shape.
        y_pred: scores with one more axis; with `from_sorted_ids` the class numbers, best first.
        k: how many predictions count.
        from_sorted_ids: see `y_pred`.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.cast(y_true, y_pred.dtype if from_sorted_ids else "int32")
    shape = y_true.shape
    if len(y_pred.shape) > 2:
        y_pred = ops.reshape(y_pred, (-1, y_pred.shape[-1]))
    if len(shape) > 1:
        y_true = ops.reshape(y_true, (-1,))
    if from_sorted_ids:
        matches = ops.any(ops.equal(ops.expand_dims(y_true, 1), y_pred[:, :k]), axis=1)
    else:
        matches = ops.in_top_k(y_true, y_pred, k=k)
    matches = ops.cast(matches, floatx())
    return ops.reshape(matches, shape) if len(shape) > 1 else matches


class TopKCategoricalAccuracy(NamedMeanMetric):
    """See `top_k_categorical_accuracy`."""

    _direction = "up"

    def __init__(
        self, k: int = 5, name: str = "top_k_categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)


class SparseTopKCategoricalAccuracy(NamedMeanMetric):
    """See `sparse_top_k_categorical_accuracy`."""

    _direction = "up"

    def __init__(
        self,
        k: int = 5,
        name: str = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:
        super().__init__(
            sparse_top_k_categorical_accuracy, name, dtype, k=k, from_sorted_ids=from_sorted_ids
        )
