"""Counts of right and wrong decisions."""

from typing import Any

from bigdl_keras.metrics.confusion import checked_thresholds, count
from bigdl_keras.metrics.metric import Metric


class _ConfusionCount(Metric):
    """One of the four counts, a number for each threshold.

    Args:
        thresholds: a number or a list in [0, 1]; default 0.5.
        name, dtype: see `Metric`.
    """

    _counted: str

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.thresholds = checked_thresholds(thresholds)
        self.accumulator = self.add_variable((len(self.thresholds),), "zeros", name="accumulator")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        counts = count(y_true, y_pred, self.thresholds, sample_weight)
        self.accumulator.assign_add(getattr(counts, self._counted))

    def result(self) -> Any:
        value = self.accumulator.value
        return value[0] if len(self.thresholds) == 1 else value

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "thresholds": self.init_thresholds}


class TruePositives(_ConfusionCount):
    """Positives predicted as such."""

    _counted = "true_positives"


class FalsePositives(_ConfusionCount):
    """Negatives predicted to be positive."""

    _counted = "false_positives"


class TrueNegatives(_ConfusionCount):
    """Negatives predicted as such."""

    _counted = "true_negatives"


class FalseNegatives(_ConfusionCount):
    """Positives predicted to be negative."""

    _counted = "false_negatives"
