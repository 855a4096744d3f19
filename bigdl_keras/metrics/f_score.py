"""Harmonic means of precision and recall."""

from typing import Any

from bigdl_keras import ops
from bigdl_keras.config import epsilon
from bigdl_keras.metrics.metric import Metric

_AVERAGES = (None, "micro", "macro", "weighted")
_COUNTS = ("true_positives", "false_positives", "false_negatives", "intermediate_weights")


class FBetaScore(Metric):
    """`(1 + beta^2) * precision * recall / (beta^2 * precision + recall)`.

    Args:
        average: `None` (one score a class), `"micro"` (all classes together), `"macro"` (mean),
            `"weighted"` (mean weighted by the number of labels).
        beta: weight of recall.
        threshold: predictions above are positive; `None`: the largest of a sample is.
        name, dtype: see `Metric`.
    """

    _direction = "up"

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if average not in _AVERAGES:
            raise ValueError(f"`average` must be one of {_AVERAGES}; got {average!r}.")
        if not isinstance(beta, float) or beta <= 0.0:
            raise ValueError(f"`beta` must be a float above 0; got {beta!r}.")
        if threshold is not None and not (isinstance(threshold, float) and 0 < threshold <= 1):
            raise ValueError(f"`threshold` must be a float in (0, 1]; got {threshold!r}.")
        self.average = average
        self.beta = beta
        self.threshold = threshold
        self._axis = None if average == "micro" else 0
        self._built = False

    def _build(self, y_true: Any, y_pred: Any) -> None:
        if len(y_pred.shape) != 2 or len(y_true.shape) != 2:
            raise ValueError(
                f"{type(self).__name__} needs labels and predictions of shape (batch, classes); "
                f"got {y_true.shape} and {y_pred.shape}."
            )
        shape = () if self.average == "micro" else (y_pred.shape[-1],)
        for name in _COUNTS:
            setattr(self, name, self.add_variable(shape, "zeros", self.dtype, name=name))
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_true, y_pred = ops.cast(y_true, self.dtype), ops.cast(y_pred, self.dtype)
        if not self._built:
            self._build(y_true, y_pred)
        if self.threshold is None:
            top = ops.max(y_pred, axis=-1, keepdims=True)
            positive = ops.logical_and(y_pred >= top, ops.absolute(y_pred) > 1e-9)
        else:
            positive = y_pred > self.threshold
        y_pred = ops.cast(positive, self.dtype)
        weight = 1.0
        if sample_weight is not None:
            weight = ops.expand_dims(ops.cast(sample_weight, self.dtype), 1)
        counted = (y_pred * y_true, y_pred * (1 - y_true), (1 - y_pred) * y_true, y_true)
        for name, values in zip(_COUNTS, counted, strict=True):
            getattr(self, name).assign_add(ops.sum(values * weight, axis=self._axis))

    def result(self) -> Any:
        tp, fp, fn, labels = (getattr(self, name).value for name in _COUNTS)
        tiny, square = ops.cast(epsilon(), self.dtype), ops.cast(self.beta**2, self.dtype)
        precision = tp / (tp + fp + tiny)
        recall = tp / (tp + fn + tiny)
        score = precision * recall / (square * precision + recall + tiny) * (square + 1)
        if self.average == "weighted":
            return ops.sum(score * (labels / (ops.sum(labels) + tiny)))
        return score if self.average is None else ops.mean(score)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "average": self.average,
            "beta": self.beta,
            "threshold": self.threshold,
        }


class F1Score(FBetaScore):
    """`FBetaScore` with `beta=1`."""

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average=average, beta=1.0, threshold=threshold, name=name, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["beta"]
        return config
