"""How often predictions equal labels."""

from typing import Any

from bigdl_keras import ops
from bigdl_keras.config import floatx
from bigdl_keras.losses.alignment import as_tensors, same_rank
from bigdl_keras.metrics.mean import NamedMeanMetric


def accuracy(y_true: Any, y_pred: Any) -> Any:
    """One where `y_true == y_pred`."""
    y_true, y_pred = as_tensors(y_true, y_pred)
    return ops.cast(ops.equal(y_true, y_pred), floatx())


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Any:
    """One where `y_pred > threshold` tells the label, 0 or 1."""
    y_true, y_pred = same_rank(ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred))
    y_pred = ops.cast(ops.greater(y_pred, threshold), y_true.dtype)
    return ops.cast(ops.equal(y_true, y_pred), floatx())


def categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """One where the largest prediction is at the largest of the (one-hot) labels."""
    label = ops.argmax(y_true, axis=-1)
    if len(label.shape) == len(y_pred.shape):
        label = ops.squeeze(label, -1)
    return ops.cast(ops.equal(label, ops.argmax(y_pred, axis=-1)), floatx())


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """One where the largest prediction is at the (integer) label."""
    y_true = ops.convert_to_tensor(y_true)
    if len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == 1:
        y_true = ops.squeeze(y_true, -1)
    matches = ops.equal(y_true, ops.cast(ops.argmax(y_pred, axis=-1), y_true.dtype))
    if len(matches.shape) > 1 and matches.shape[-1] == 1:
        matches = ops.squeeze(matches, -1)
    return ops.cast(matches, floatx())


class Accuracy(NamedMeanMetric):
    """See `accuracy`."""

    _direction = "up"

    def __init__(self, name: str = "accuracy", dtype: Any = None) -> None:
        super().__init__(accuracy, name, dtype)


class BinaryAccuracy(NamedMeanMetric):
    """See `binary_accuracy`."""

    _direction = "up"

    def __init__(
        self, name: str = "binary_accuracy", dtype: Any = None, threshold: float = 0.5
    ) -> None:
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)


class CategoricalAccuracy(NamedMeanMetric):
    """See `categorical_accuracy`."""

    _direction = "up"

    def __init__(self, name: str = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(categorical_accuracy, name, dtype)


class SparseCategoricalAccuracy(NamedMeanMetric):
    """See `sparse_categorical_accuracy`."""

    _direction = "up"

    def __init__(self, name: str = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)
