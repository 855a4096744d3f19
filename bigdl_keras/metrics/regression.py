"""Means of regression losses."""

from typing import Any

from bigdl_keras import losses, ops
from bigdl_keras.losses.alignment import same_rank
from bigdl_keras.metrics.mean import Mean, NamedMeanMetric


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Cosine between labels and predictions along `axis` (the loss has the opposite sign)."""
    return -losses.cosine_similarity(y_true, y_pred, axis=axis)


class MeanSquaredError(NamedMeanMetric):
    """See `losses.mean_squared_error`."""

    _direction = "down"

    def __init__(self, name: str = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_squared_error, name, dtype)


class MeanAbsoluteError(NamedMeanMetric):
    """See `losses.mean_absolute_error`."""

    _direction = "down"

    def __init__(self, name: str = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_absolute_error, name, dtype)


class MeanAbsolutePercentageError(NamedMeanMetric):
    """See `losses.mean_absolute_percentage_error`."""

    _direction = "down"

    def __init__(self, name: str = "mean_absolute_percentage_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_absolute_percentage_error, name, dtype)


class MeanSquaredLogarithmicError(NamedMeanMetric):
    """See `losses.mean_squared_logarithmic_error`."""

    _direction = "down"

    def __init__(self, name: str = "mean_squared_logarithmic_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_squared_logarithmic_error, name, dtype)


class LogCoshError(NamedMeanMetric):
    """See `losses.log_cosh`."""

    _direction = "down"

    def __init__(self, name: str = "logcosh", dtype: Any = None) -> None:
        super().__init__(losses.log_cosh, name, dtype)


class CosineSimilarity(NamedMeanMetric):
    """See `cosine_similarity`."""

    _direction = "up"

    def __init__(self, name: str = "cosine_similarity", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(cosine_similarity, name, dtype, axis=axis)


class RootMeanSquaredError(Mean):
    """Square root of the mean squared error over everything seen."""

    _direction = "down"

    def __init__(self, name: str = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        y_true, y_pred = same_rank(ops.cast(y_true, self.dtype), ops.cast(y_pred, self.dtype))
        super().update_state(ops.square(y_pred - y_true), sample_weight)

    def result(self) -> Any:
        return ops.sqrt(super().result())
