"""Coefficient of determination."""

from typing import Any

from bigdl_keras import ops
from bigdl_keras.core.variable import Variable
from bigdl_keras.losses.alignment import same_rank
from bigdl_keras.metrics.metric import Metric

_AGGREGATIONS = (None, "uniform_average", "variance_weighted_average")


class R2Score(Metric):
    """One minus residual over total sum of squares.

    Args:
        class_aggregation: `"uniform_average"` or `"variance_weighted_average"` over the outputs,
            or `None` for one score an output.
        num_regressors: number of predictors for the adjusted score; 0 for the plain one. The
            plain score is returned while there are no more samples than predictors plus one.
        name, dtype: see `Metric`.
    """

    _direction = "up"
    squared_sum: Variable
    sum: Variable
    total_mse: Variable
    count: Variable

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str = "r2_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if class_aggregation not in _AGGREGATIONS:
            raise ValueError(
                f"`class_aggregation` must be one of {_AGGREGATIONS}; got {class_aggregation!r}."
            )
        if num_regressors < 0:
            raise ValueError(f"`num_regressors` must be >= 0; got {num_regressors}.")
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        self.num_samples = self.add_variable((), "zeros", name="num_samples")
        self._built = False

    def _build(self, y_true: Any, y_pred: Any) -> None:
        if len(y_pred.shape) != 2 or len(y_true.shape) != 2:
            raise ValueError(
                "R2Score needs labels and predictions of shape (batch, outputs); "
                f"got {y_true.shape} and {y_pred.shape}."
            )
        outputs = (y_pred.shape[-1],)
        self.squared_sum = self.add_variable(outputs, "zeros", name="squared_sum")
        self.sum = self.add_variable(outputs, "zeros", name="sum")
        self.total_mse = self.add_variable(outputs, "zeros", name="residual")
        self.count = self.add_variable(outputs, "zeros", name="count")
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_true, y_pred = same_rank(ops.cast(y_true, self.dtype), ops.cast(y_pred, self.dtype))
        if not self._built:
            self._build(y_true, y_pred)
        weight = ops.cast(1 if sample_weight is None else sample_weight, self.dtype)
        if len(weight.shape) == 1:
            weight = ops.expand_dims(weight, 1)
        weight = ops.broadcast_to(weight, y_true.shape)
        weighted = y_true * weight
        self.sum.assign_add(ops.sum(weighted, axis=0))
        self.squared_sum.assign_add(ops.sum(y_true * weighted, axis=0))
        self.total_mse.assign_add(ops.sum(ops.square(y_true - y_pred) * weight, axis=0))
        self.count.assign_add(ops.sum(weight, axis=0))
        self.num_samples.assign_add(ops.sum(ops.ones_like(y_true)))

    def result(self) -> Any:
        sum_ = self.sum.value
        total = self.squared_sum.value - sum_ * (sum_ / self.count)
        scores = 1 - self.total_mse.value / total
        scores = ops.where(ops.isinf(scores), 0.0, scores)
        if self.class_aggregation == "uniform_average":
            scores = ops.mean(scores)
        elif self.class_aggregation == "variance_weighted_average":
            scores = ops.sum(total * scores) / ops.sum(total)
        if not self.num_regressors:
            return scores
        samples = self.num_samples.value
        freedom = samples - self.num_regressors - 1.0
        divisor = ops.where(freedom > 0, freedom, 1.0)
        adjusted = 1.0 - (1.0 - scores) * (samples - 1.0) / divisor
        return ops.where(freedom > 0, adjusted, scores)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "class_aggregation": self.class_aggregation,
            "num_regressors": self.num_regressors,
        }
