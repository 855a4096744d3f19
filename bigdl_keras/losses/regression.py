"""Losses on differences of real numbers; each is a mean over the last axis."""

import math
from typing import Any

from bigdl_keras import ops
from bigdl_keras.config import epsilon
from bigdl_keras.losses.alignment import as_tensors
from bigdl_keras.losses.function_loss import NamedLoss


def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """`mean((y_true - y_pred) ** 2)`."""
    y_true, y_pred = as_tensors(y_true, y_pred)
    return ops.mean(ops.square(y_true - y_pred), axis=-1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """`mean(|y_true - y_pred|)`."""
    y_true, y_pred = as_tensors(y_true, y_pred)
    return ops.mean(ops.absolute(y_true - y_pred), axis=-1)


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """`100 * mean(|y_true - y_pred| / |y_true|)`, the divisor at least `epsilon()`."""
    y_true, y_pred = as_tensors(y_true, y_pred)
    size = ops.maximum(ops.absolute(y_true), epsilon())
    return 100.0 * ops.mean(ops.absolute((y_true - y_pred) / size), axis=-1)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """`mean((log(y_true + 1) - log(y_pred + 1)) ** 2)`, negative values cut off."""
    y_true, y_pred = as_tensors(y_true, y_pred)
    log_pred = ops.log(ops.maximum(y_pred, epsilon()) + 1.0)
    log_true = ops.log(ops.maximum(y_true, epsilon()) + 1.0)
    return ops.mean(ops.square(log_pred - log_true), axis=-1)


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Any:
    """Squared error up to `delta`, linear beyond (Huber, 1964)."""
    y_true, y_pred = as_tensors(y_true, y_pred)
    error = ops.absolute(y_pred - y_true)
    return ops.mean(
        ops.where(error <= delta, 0.5 * ops.square(error), delta * error - 0.5 * delta**2),
        axis=-1,
    )


def log_cosh(y_true: Any, y_pred: Any) -> Any:
    """`mean(log(cosh(y_pred - y_true)))`, in a form that does not overflow."""
    y_true, y_pred = as_tensors(y_true, y_pred)
    error = y_pred - y_true
    return ops.mean(error + ops.softplus(error * -2.0) - math.log(2.0), axis=-1)


class MeanSquaredError(NamedLoss):
    """See `mean_squared_error`."""

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_squared_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_squared_error, reduction=reduction, name=name, dtype=dtype)


class MeanAbsoluteError(NamedLoss):
    """See `mean_absolute_error`."""

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_absolute_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_absolute_error, reduction=reduction, name=name, dtype=dtype)


class MeanAbsolutePercentageError(NamedLoss):
    """See `mean_absolute_percentage_error`."""

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_absolute_percentage_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            mean_absolute_percentage_error, reduction=reduction, name=name, dtype=dtype
        )


class MeanSquaredLogarithmicError(NamedLoss):
    """See `mean_squared_logarithmic_error`."""

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_squared_logarithmic_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            mean_squared_logarithmic_error, reduction=reduction, name=name, dtype=dtype
        )


class Huber(NamedLoss):
    """See `huber`."""

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str = "huber_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(huber, reduction=reduction, name=name, dtype=dtype, delta=delta)


class LogCosh(NamedLoss):
    """See `log_cosh`."""

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "log_cosh",
        dtype: Any = None,
    ) -> None:
        super().__init__(log_cosh, reduction=reduction, name=name, dtype=dtype)
