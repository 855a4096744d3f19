"""Weights of samples from weights of classes."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bigdl_keras import tree
from bigdl_keras.config import floatx


def class_weight_to_sample_weights(y: Any, class_weight: Mapping[int, float]) -> np.ndarray:
    """The weight of each sample's class, 1 for classes without one.

    Args:
        y: class numbers, (batch,) or (batch, 1), or one-hot labels.
        class_weight: weight by class number.
    """
    labels = np.asarray(y)
    if labels.ndim > 1:
        labels = np.argmax(labels, axis=-1) if labels.shape[-1] != 1 else labels[..., 0]
    classes, position = np.unique(np.round(labels).astype("int64"), return_inverse=True)
    weights = np.array([class_weight.get(int(label), 1.0) for label in classes], floatx())
    return weights[position.reshape(labels.shape)]


def with_class_weight(y: Any, sample_weight: Any, class_weight: Mapping[int, float] | None) -> Any:
    """`sample_weight`, or the weights that `class_weight` gives.

    Raises:
        ValueError: both are given, or the labels are not a single tensor.
    """
    if class_weight is None:
        return sample_weight
    if sample_weight is not None:
        raise ValueError("Give either `sample_weight` or `class_weight`, not both.")
    if y is None or tree.is_nested(y):
        raise ValueError("`class_weight` needs labels `y` that are a single array.")
    return class_weight_to_sample_weights(y, class_weight)
