"""Correlations between labels and predictions of a sample."""

from typing import Any

from bigdl_keras import ops
from bigdl_keras.config import epsilon
from bigdl_keras.losses.alignment import as_tensors
from bigdl_keras.metrics.mean import NamedMeanMetric

Axis = int | tuple[int, ...] | list[int]


def _standardized(x: Any, axis: Axis) -> Any:
    x = x - ops.mean(x, axis=axis, keepdims=True)
    return x / ops.std(x, axis=axis, keepdims=True)


def pearson_correlation(y_true: Any, y_pred: Any, axis: Axis = -1) -> Any:
    """Covariance along `axis` over the product of standard deviations."""
    y_true, y_pred = as_tensors(y_true, y_pred)
    return ops.mean(_standardized(y_true, axis) * _standardized(y_pred, axis), axis=axis)


def concordance_correlation(y_true: Any, y_pred: Any, axis: Axis = -1) -> Any:
    """Agreement along `axis`: correlation that also punishes different means and variances.

    Keras's numbers: the covariance is taken around the mean of the predictions.
    """
    y_true, y_pred = as_tensors(y_true, y_pred)
    true_mean = ops.mean(y_true, axis=axis, keepdims=True)
    pred_mean = ops.mean(y_pred, axis=axis, keepdims=True)
    covariance = (y_true - pred_mean) * (y_pred - pred_mean)
    scale = (
        ops.var(y_true, axis=axis, keepdims=True)
        + ops.var(y_pred, axis=axis, keepdims=True)
        + ops.square(true_mean - pred_mean)
    )
    return ops.mean(2 * covariance / (scale + epsilon()), axis=axis)


class PearsonCorrelation(NamedMeanMetric):
    """See `pearson_correlation`."""

    _direction = "up"

    def __init__(
        self, name: str = "pearson_correlation", dtype: Any = None, axis: Axis = -1
    ) -> None:
        super().__init__(pearson_correlation, name, dtype, axis=axis)


class ConcordanceCorrelation(NamedMeanMetric):
    """See `concordance_correlation`."""

    _direction = "up"

    def __init__(
        self, name: str = "concordance_correlation", dtype: Any = None, axis: Axis = -1
    ) -> None:
        super().__init__(concordance_correlation, name, dtype, axis=axis)
