"""Precision and recall."""

from typing import Any

from bigdl_keras import ops
from bigdl_keras.core.variable import Variable
from bigdl_keras.metrics.confusion import NEVER, checked_thresholds, count
from bigdl_keras.metrics.metric import Metric


class _Share(Metric):
    """True positives as a share of true positives and `_others`.

    Args:
        thresholds: a number or a list in [0, 1]; default 0.5, or none with `top_k`.
        top_k: only the `top_k` highest scores of a sample may be positive.
        class_id: look at this class only.
        name, dtype: see `Metric`.
    """

    _direction = "up"
    _others: str

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        self.thresholds = checked_thresholds(thresholds, 0.5 if top_k is None else NEVER)
        self.true_positives = self._counter("true_positives")
        setattr(self, self._others, self._counter(self._others))

    def _counter(self, name: str) -> Variable:
        return self.add_variable((len(self.thresholds),), "zeros", name=name)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        counts = count(
            y_true,
            y_pred,
            self.thresholds,
            sample_weight,
            top_k=self.top_k,
            class_id=self.class_id,
        )
        self.true_positives.assign_add(counts.true_positives)
        getattr(self, self._others).assign_add(getattr(counts, self._others))

    def result(self) -> Any:
        others = getattr(self, self._others)
        share = ops.divide_no_nan(self.true_positives, self.true_positives + others)
        return share[0] if len(self.thresholds) == 1 else share

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "thresholds": self.init_thresholds,
            "top_k": self.top_k,
            "class_id": self.class_id,
        }


class Precision(_Share):
    """The share of positive predictions that are right."""

    _others = "false_positives"


class Recall(_Share):
    """The share of positives that are found."""

    _others = "false_negatives"
