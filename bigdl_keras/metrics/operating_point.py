"""The best of one rate where another reaches a given value."""

from typing import Any

from bigdl_keras import ops
from bigdl_keras.metrics.confusion import count
from bigdl_keras.metrics.metric import Metric

_COUNTS = ("true_positives", "false_positives", "true_negatives", "false_negatives")


class _OperatingPoint(Metric):
    """The highest `_wanted` rate over all thresholds where the `_given` rate is at least `value`."""

    _direction = "up"
    _given: str
    _wanted: str

    def __init__(
        self,
        value: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if not 0 <= value <= 1:
            raise ValueError(f"`{self._given}` must be in [0, 1]; got {value}.")
        if num_thresholds <= 0:
            raise ValueError(f"`num_thresholds` must be positive; got {num_thresholds}.")
        self.value = value
        self.class_id = class_id
        self.num_thresholds = num_thresholds
        if num_thresholds == 1:
            self.thresholds = [0.5]
        else:
            self.thresholds = [i / (num_thresholds - 1) for i in range(num_thresholds)]
        for name_ in _COUNTS:
            counter = self.add_variable((len(self.thresholds),), "zeros", name=name_)
            setattr(self, name_, counter)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        counts = count(
            y_true,
            y_pred,
            self.thresholds,
            sample_weight,
            class_id=self.class_id,
        )
        for name in _COUNTS:
            getattr(self, name).assign_add(getattr(counts, name))

    def _rate(self, name: str) -> Any:
        tp, fp, tn, fn = (getattr(self, key).value for key in _COUNTS)
        hits, misses = {
            "precision": (tp, fp),
            "recall": (tp, fn),
            "sensitivity": (tp, fn),
            "specificity": (tn, fp),
        }[name]
        return ops.divide_no_nan(hits, hits + misses)

    def result(self) -> Any:
        feasible = ops.greater_equal(self._rate(self._given), self.value)
        return ops.max(ops.where(feasible, self._rate(self._wanted), 0.0))

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "class_id": self.class_id,
            "num_thresholds": self.num_thresholds,
            self._given: self.value,
        }


class SensitivityAtSpecificity(_OperatingPoint):
    """Best sensitivity with at least this specificity."""

    _given, _wanted = "specificity", "sensitivity"

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        self.specificity = specificity
        super().__init__(specificity, num_thresholds, class_id, name, dtype)


class SpecificityAtSensitivity(_OperatingPoint):
    """Best specificity with at least this sensitivity."""

    _given, _wanted = "sensitivity", "specificity"

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        self.sensitivity = sensitivity
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)


class PrecisionAtRecall(_OperatingPoint):
    """Best precision with at least this recall."""

    _given, _wanted = "recall", "precision"

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        self.recall = recall
        super().__init__(recall, num_thresholds, class_id, name, dtype)


class RecallAtPrecision(_OperatingPoint):
    """Best recall with at least this precision."""

    _given, _wanted = "precision", "recall"

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        self.precision = precision
        super().__init__(precision, num_thresholds, class_id, name, dtype)
