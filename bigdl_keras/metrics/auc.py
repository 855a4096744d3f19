"""Area under a curve of rates over all thresholds."""

from typing import Any

import numpy as np

from bigdl_keras import ops
from bigdl_keras.config import epsilon
from bigdl_keras.core.variable import Variable
from bigdl_keras.metrics.confusion import count
from bigdl_keras.metrics.metric import Metric

_CURVES = ("ROC", "PR", "PRGAIN")
_SUMMATIONS = ("interpolation", "majoring", "minoring")
_COUNTS = ("true_positives", "false_positives", "true_negatives", "false_negatives")


class AUC(Metric):
    """Riemann sum under the ROC, precision-recall or precision-recall-gain curve.

    Args:
        num_thresholds: points of the curve, at least 2.
        curve: `"ROC"`, `"PR"` or `"PRGAIN"`.
        summation_method: `"interpolation"` (trapezoids; for PR Davis and Goadrich, 2006),
            `"minoring"` or `"majoring"`.
        name, dtype: see `Metric`.
        thresholds: explicit thresholds in [0, 1] instead of evenly spaced ones.
        multi_label: average the area of every column instead of flattening.
        num_labels: number of columns, when known before the first update.
        label_weights: weights of the columns.
        from_logits: predictions go through a sigmoid first.
    """

    _direction = "up"
    true_positives: Variable
    false_positives: Variable
    true_negatives: Variable
    false_negatives: Variable

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Any = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if str(curve).upper() not in _CURVES:
            raise ValueError(f"`curve` must be one of {_CURVES}; got {curve!r}.")
        if str(summation_method).lower() not in _SUMMATIONS:
            raise ValueError(
                f"`summation_method` must be one of {_SUMMATIONS}; got {summation_method!r}."
            )
        if num_labels and not multi_label:
            raise ValueError("`num_labels` is used only with `multi_label=True`.")
        self.curve = str(curve).upper()
        self.summation_method = str(summation_method).lower()
        self._given_thresholds = thresholds is not None
        if thresholds is not None:
            inner = sorted(float(t) for t in thresholds)
            num_thresholds = len(inner) + 2
        else:
            if num_thresholds <= 1:
                raise ValueError(f"`num_thresholds` must be above 1; got {num_thresholds}.")
            inner = [(i + 1) / (num_thresholds - 1) for i in range(num_thresholds - 2)]
        self.num_thresholds = num_thresholds
        # The outer thresholds lie beyond 0 and 1, so that every score is on a known side.
        self.thresholds = [0.0 - epsilon(), *inner, 1.0 + epsilon()]
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights = None if label_weights is None else np.asarray(label_weights)
        self.from_logits = from_logits
        self._built = False
        if not multi_label:
            self._build((num_thresholds,))
        elif num_labels:
            self._build((num_thresholds, num_labels))

    def _build(self, shape: tuple[int, ...]) -> None:
        for name in _COUNTS:
            setattr(self, name, self.add_variable(shape, "zeros", name=name))
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        if self.multi_label and len(y_pred.shape) != 2:
            raise ValueError(
                f"AUC with `multi_label=True` needs predictions of shape (batch, labels); "
                f"got {y_pred.shape}."
            )
        if not self._built:
            self._build((self.num_thresholds, y_pred.shape[1]))
        if self.from_logits:
            y_pred = ops.sigmoid(y_pred)
        counts = count(
            y_true,
            y_pred,
            self.thresholds,
            sample_weight,
            multi_label=self.multi_label,
            label_weights=None if self.multi_label else self.label_weights,
        )
        for name in _COUNTS:
            getattr(self, name).assign_add(getattr(counts, name))

    def result(self) -> Any:
        if self.curve == "PR" and self.summation_method == "interpolation":
            return self.interpolate_pr_auc()
        x, y = self._curve_points()
        if self.summation_method == "interpolation":
            heights = (y[:-1] + y[1:]) / 2.0
        elif self.summation_method == "minoring":
            heights = ops.minimum(y[:-1], y[1:])
        else:
            heights = ops.maximum(y[:-1], y[1:])
        return self._over_labels((x[:-1] - x[1:]) * heights)

    def _curve_points(self) -> tuple[Any, Any]:
        tp, fp, tn, fn = (getattr(self, name).value for name in _COUNTS)
        recall = ops.divide_no_nan(tp, tp + fn)
        if self.curve == "ROC":
            return ops.divide_no_nan(fp, fp + tn), recall
        if self.curve == "PR":
            return recall, ops.divide_no_nan(tp, tp + fp)
        # Gains rescale precision and recall by what always answering "yes" reaches
        # (Flach and Kull, 2015).
        ratio = ops.divide_no_nan(tp + fn, tn + fp)
        none = ops.equal(tp, 0.0)
        recall_gain = ops.where(none, 0.0, 1.0 - ratio * ops.divide_no_nan(fn, tp))
        precision_gain = ops.where(none, 1.0, 1.0 - ratio * ops.divide_no_nan(fp, tp))
        return ops.maximum(recall_gain, 0.0), precision_gain

    def interpolate_pr_auc(self) -> Any:
        """The area when true positives grow linearly with positives between the points."""
        tp, fn = self.true_positives.value, self.false_negatives.value
        positives = tp + self.false_positives
        delta_tp = tp[:-1] - tp[1:]
        delta = positives[:-1] - positives[1:]
        slope = ops.divide_no_nan(delta_tp, ops.maximum(delta, 0.0))
        intercept = tp[1:] - slope * positives[1:]
        both = ops.logical_and(positives[:-1] > 0, positives[1:] > 0)
        ratio = ops.divide_no_nan(positives[:-1], ops.maximum(positives[1:], 0.0))
        ratio = ops.where(both, ratio, ops.ones_like(ratio))
        area = slope * (delta_tp + intercept * ops.log(ratio))
        return self._over_labels(ops.divide_no_nan(area, ops.maximum(tp[1:] + fn[1:], 0.0)))

    def _over_labels(self, terms: Any) -> Any:
        if not self.multi_label:
            return ops.sum(terms)
        areas = ops.sum(terms, axis=0)
        if self.label_weights is None:
            return ops.mean(areas)
        weights = ops.cast(self.label_weights, areas.dtype)
        return ops.divide_no_nan(ops.sum(areas * weights), ops.sum(weights))

    def get_config(self) -> dict[str, Any]:
        weights = self.label_weights
        config = {
            **super().get_config(),
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": None if weights is None else weights.tolist(),
            "from_logits": self.from_logits,
        }
        if self._given_thresholds:
            config["thresholds"] = self.thresholds[1:-1]
        return config
