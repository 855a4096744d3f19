"""Labels and vectors in the forms that losses want."""

from typing import Any

import numpy as np


def to_categorical(x: Any, num_classes: int | None = None) -> Any:
    """One-hot rows for class numbers.

    Args:
        x: integers from 0; a last axis of size one is dropped.
        num_classes: columns; default: the largest number plus one.

    Returns:
        float array of shape `x.shape + (num_classes,)`; a tensor for a symbolic `x`.
    """
    if not isinstance(x, np.ndarray) and hasattr(x, "shape") and not hasattr(x, "__array__"):
        from bigdl_keras import ops

        if num_classes is None:
            raise ValueError("`num_classes` must be given for symbolic labels.")
        return ops.one_hot(x, num_classes)
    labels = np.array(x, dtype="int64")
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    if num_classes is None:
        num_classes = int(labels.max()) + 1
    if labels.size and not (labels.min() >= 0 and labels.max() < num_classes):
        raise ValueError(
            f"Class numbers must be in [0, {num_classes}); "
            f"got numbers from {labels.min()} to {labels.max()}."
        )
    return np.eye(num_classes)[labels]


def normalize(x: Any, axis: int = -1, order: float = 2) -> Any:
    """`x` divided by its norms of the given order along `axis`; zero vectors stay zero."""
    if not isinstance(x, np.ndarray):
        from bigdl_keras import ops

        return ops.normalize(x, axis=axis, order=order)
    norms = np.linalg.norm(x, order, axis, keepdims=True)
    return x / np.where(norms == 0, 1, norms)
