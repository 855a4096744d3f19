"""Intersection over union of segmentation classes."""

import warnings
from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.config import epsilon
from bigdl_keras.metrics.metric import Metric


class IoU(Metric):
    """Mean intersection over union of some classes, from a confusion matrix.

    Args:
        num_classes: number of classes.
        target_class_ids: the classes to average.
        name: see `Metric`.
        dtype: dtype of the confusion matrix; default int32.
        ignore_class: a label whose samples do not count.
        sparse_y_true: labels are class numbers (else one-hot).
        sparse_y_pred: predictions are class numbers (else scores).
        axis: axis of the classes in one-hot labels and scores.
    """

    _direction = "up"

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(name=name, dtype=dtype or "int32")
        if max(target_class_ids) >= num_classes:
            raise ValueError(
                f"Target class {max(target_class_ids)} is not one of {num_classes} classes."
            )
        self.num_classes = num_classes
        self.target_class_ids = list(target_class_ids)
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis
        self.total_cm = self.add_variable(
            (num_classes, num_classes), "zeros", self.dtype, name="total_confusion_matrix"
        )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        if not self.sparse_y_true:
            y_true = ops.argmax(y_true, axis=self.axis)
        if not self.sparse_y_pred:
            y_pred = ops.argmax(y_pred, axis=self.axis)
        label = ops.reshape(ops.cast(y_true, "int32"), (-1,))
        predicted = ops.reshape(ops.cast(y_pred, "int32"), (-1,))
        valid = ops.logical_and(self._known(label), self._known(predicted))
        if self.ignore_class is not None:
            valid = ops.logical_and(valid, ops.not_equal(label, self.ignore_class))
        cell = ops.where(valid, label * self.num_classes + predicted, 0)
        counted = ops.segment_sum(
            ops.cast(valid, self.dtype) * self._weights(sample_weight, label),
            cell,
            num_segments=self.num_classes**2,
        )
        self.total_cm.assign_add(ops.reshape(counted, self.total_cm.shape))

    def _known(self, ids: Any) -> Any:
        return ops.logical_and(ops.greater_equal(ids, 0), ops.less(ids, self.num_classes))

    def _weights(self, sample_weight: Any, label: Any) -> Any:
        if sample_weight is None:
            return ops.ones_like(label, dtype=self.dtype)
        weight = ops.convert_to_tensor(sample_weight)
        if "float" in str(weight.dtype) and "int" in self.dtype:
            warnings.warn(
                f"{type(self).__name__} '{self.name}' counts in {self.dtype}: its float weights "
                "are rounded towards zero. Give it a float `dtype` or integer weights.",
                stacklevel=3,
            )
        weight = ops.cast(weight, self.dtype)
        if len(weight.shape) > 1:
            weight = ops.reshape(weight, (-1,))
        return ops.broadcast_to(weight, label.shape)

    def result(self) -> Any:
        matrix = self.total_cm.value
        hits = ops.diagonal(matrix)
        union = ops.sum(matrix, axis=0) + ops.sum(matrix, axis=1) - hits
        hits = ops.cast(ops.take(hits, self.target_class_ids), "float32")
        union = ops.cast(ops.take(union, self.target_class_ids), "float32")
        valid = ops.greater(union, 1e-9)
        ratio = ops.where(valid, hits / (union + epsilon()), 0.0)
        return ops.sum(ratio) / (ops.sum(ops.cast(valid, "float32")) + epsilon())

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "target_class_ids": self.target_class_ids,
            "ignore_class": self.ignore_class,
            "sparse_y_true": self.sparse_y_true,
            "sparse_y_pred": self.sparse_y_pred,
            "axis": self.axis,
        }


def _without(config: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in config.items() if key not in names}


class BinaryIoU(IoU):
    """`IoU` of two classes from scores, compared with `threshold`."""

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(2, target_class_ids, name=name, dtype=dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        positive = ops.greater_equal(ops.cast(y_pred, "float32"), self.threshold)
        super().update_state(y_true, ops.cast(positive, "int32"), sample_weight)

    def get_config(self) -> dict[str, Any]:
        return {
            **Metric.get_config(self),
            "target_class_ids": self.target_class_ids,
            "threshold": self.threshold,
        }


class MeanIoU(IoU):
    """`IoU` averaged over all classes."""

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes,
            range(num_classes),
            name,
            dtype,
            ignore_class,
            sparse_y_true,
            sparse_y_pred,
            axis,
        )

    def get_config(self) -> dict[str, Any]:
        return _without(super().get_config(), "target_class_ids")


class OneHotIoU(IoU):
    """`IoU` with one-hot labels."""

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis
        )

    def get_config(self) -> dict[str, Any]:
        return _without(super().get_config(), "sparse_y_true")


class OneHotMeanIoU(MeanIoU):
    """`MeanIoU` with one-hot labels."""

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        return _without(super().get_config(), "sparse_y_true")
