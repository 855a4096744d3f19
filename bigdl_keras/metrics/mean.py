"""Sums and means of values, and means of functions of labels and predictions."""

from collections.abc import Callable
from typing import Any, Self

from bigdl_keras import losses, ops
from bigdl_keras.config import floatx
from bigdl_keras.core.masks import get_keras_mask
from bigdl_keras.losses.alignment import same_rank
from bigdl_keras.losses.reduction import apply_mask
from bigdl_keras.metrics.metric import Metric


def reduce_to_samplewise_values(
    values: Any, sample_weight: Any, reduce_fn: Callable[..., Any], dtype: Any
) -> tuple[Any, Any]:
    """Weighted values and weights, one a sample.

    Args:
        values: any rank; a Keras mask on them multiplies the weights.
        sample_weight: weights of the leading axes of `values`, or `None`.
        reduce_fn: `ops.sum` or `ops.mean`, collapses the axes after the first.
        dtype: dtype of the results.
    """
    mask = get_keras_mask(values)
    values = ops.cast(values, dtype or floatx())
    if sample_weight is not None:
        sample_weight = ops.cast(sample_weight, values.dtype)
        sample_weight = apply_mask(sample_weight, mask, values.dtype, "sum")
        values, sample_weight = same_rank(values, sample_weight)
        weight_rank = len(sample_weight.shape)
        if len(values.shape) > weight_rank:
            values = reduce_fn(values, axis=tuple(range(weight_rank, len(values.shape))))
        sample_weight = ops.broadcast_to(sample_weight, values.shape)
        values = values * sample_weight
        if weight_rank > 1:
            sample_weight = reduce_fn(sample_weight, axis=tuple(range(1, weight_rank)))
    if len(values.shape) > 1:
        values = reduce_fn(values, axis=tuple(range(1, len(values.shape))))
    return values, sample_weight


class Sum(Metric):
    """Weighted sum of all values."""

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), "zeros", dtype=self.dtype, name="total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        values, _ = reduce_to_samplewise_values(values, sample_weight, ops.sum, self.dtype)
        self.total.assign_add(ops.sum(values))

    def result(self) -> Any:
        return ops.cast(self.total, self.dtype)


class Mean(Metric):
    """Weighted mean of all values."""

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), "zeros", dtype=self.dtype, name="total")
        self.count = self.add_variable((), "zeros", dtype=self.dtype, name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        values, weight = reduce_to_samplewise_values(values, sample_weight, ops.mean, self.dtype)
        self.total.assign_add(ops.sum(values))
        if weight is None:
            weight = ops.ones_like(values)
        self.count.assign_add(ops.sum(weight))

    def result(self) -> Any:
        return ops.divide_no_nan(self.total, self.count)


class MeanMetricWrapper(Mean):
    """Mean of `fn(y_true, y_pred, **kwargs)`; the Keras mask of `y_pred` multiplies the weights.

    Args:
        fn: returns one value a sample, or finer.
        name, dtype: see `Metric`.
        **kwargs: passed to `fn`.
    """

    def __init__(
        self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self._fn = fn
        self._fn_kwargs = kwargs
        if isinstance(fn, losses.Loss) or fn in losses.ALL_OBJECTS:
            self._direction = "down"

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        mask = get_keras_mask(y_pred)
        values = self._fn(y_true, y_pred, **self._fn_kwargs)
        super().update_state(values, apply_mask(sample_weight, mask, self.dtype, "sum"))

    def get_config(self) -> dict[str, Any]:
        from bigdl_keras.saving import serialize_keras_object

        return {
            **super().get_config(),
            "fn": serialize_keras_object(self._fn),
            **serialize_keras_object(self._fn_kwargs),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        from bigdl_keras.saving import deserialize_keras_object

        return cls(**(deserialize_keras_object(config) if "fn" in config else config))


class NamedMeanMetric(MeanMetricWrapper):
    """A metric class of this package: its function is fixed, the arguments are its own."""

    def __init__(self, fn: Callable[..., Any], name: str, dtype: Any, **kwargs: Any) -> None:
        super().__init__(fn, name=name, dtype=dtype, **kwargs)
        vars(self).update(kwargs)

    def get_config(self) -> dict[str, Any]:
        return {**Metric.get_config(self), **self._fn_kwargs}
