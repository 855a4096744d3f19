"""Counting true and false positives and negatives at many thresholds."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from bigdl_keras import ops
from bigdl_keras.config import epsilon, floatx
from bigdl_keras.losses.alignment import same_rank

# Below every score that `_keep_top_k` lets pass.
NEVER = -1e10


class Confusion(NamedTuple):
    """Weighted counts, each of shape (thresholds,) or (thresholds, labels)."""

    true_positives: Any
    false_positives: Any
    true_negatives: Any
    false_negatives: Any


def checked_thresholds(thresholds: Any, default: float = 0.5) -> list[float]:
    """`thresholds` (a number, a sequence or `None`) as a list.

    Raises:
        ValueError: one is outside [0, 1].
    """
    if thresholds is None:
        return [default]
    listed = list(thresholds) if isinstance(thresholds, (list, tuple)) else [thresholds]
    wrong = [t for t in listed if t is None or not 0 <= t <= 1]
    if wrong:
        raise ValueError(f"Thresholds must be in [0, 1]; got {wrong}.")
    return listed


def are_even(thresholds: Sequence[float]) -> bool:
    """Whether thresholds divide [0, 1] into equal parts, which allows counting by buckets."""
    count = len(thresholds)
    even = np.linspace(0, 1, count, dtype="float32")
    return count >= 3 and bool(np.allclose(thresholds, even, atol=epsilon()))


def count(
    y_true: Any,
    y_pred: Any,
    thresholds: Sequence[float],
    sample_weight: Any = None,
    top_k: int | None = None,
    class_id: int | None = None,
    multi_label: bool = False,
    label_weights: Any = None,
) -> Confusion:
    """Confusion counts of a batch; a prediction is positive when it exceeds the threshold.

    Args:
        y_true: labels 0 or 1.
        y_pred: scores in [0, 1].
        thresholds: ascending.
        sample_weight: weights that broadcast to the predictions, or `None`.
        top_k: only the `top_k` highest scores of a sample may be positive.
        class_id: count this column only.
        multi_label: count every column by itself.
        label_weights: weights of the columns.
    """
    # Half precision could not count beyond some thousand.
    dtype = floatx()
    y_pred, y_true = same_rank(ops.cast(y_pred, dtype), ops.cast(y_true, dtype))
    if sample_weight is not None:
        sample_weight = ops.expand_dims(ops.cast(sample_weight, dtype), -1)
        _, sample_weight = same_rank(y_true, sample_weight, expand_rank_1=False)
    if top_k is not None:
        y_pred = _keep_top_k(y_pred, top_k)
    if class_id is not None:
        if len(y_pred.shape) == 1:
            raise ValueError(
                f"`class_id` needs predictions of shape (batch, classes); got shape {y_pred.shape}."
            )
        y_true = y_true[..., class_id : class_id + 1]
        y_pred = y_pred[..., class_id : class_id + 1]

    weight = ops.ones_like(y_pred)
    if sample_weight is not None:
        weight = weight * sample_weight
    if label_weights is not None:
        weight = weight * ops.cast(label_weights, dtype)
    positive = ops.cast(ops.not_equal(y_true, 0), dtype) * weight
    negative = ops.cast(ops.equal(y_true, 0), dtype) * weight

    columns = y_pred.shape[-1] if multi_label else 1
    y_pred, positive, negative = (
        ops.reshape(x, (-1, columns)) for x in (y_pred, positive, negative)
    )
    above = _above_buckets if _bucketed(thresholds) else _above_each
    true_positives, false_positives = above(y_pred, positive, negative, thresholds)
    if not multi_label:
        true_positives = true_positives[:, 0]
        false_positives = false_positives[:, 0]
    axis = 0 if multi_label else None
    return Confusion(
        true_positives,
        false_positives,
        ops.sum(negative, axis=axis) - false_positives,
        ops.sum(positive, axis=axis) - true_positives,
    )


def _bucketed(thresholds: Sequence[float]) -> bool:
    inner = np.clip(thresholds, 0.0, 1.0)
    return are_even(inner.tolist())


def _above_each(
    scores: Any, positive: Any, negative: Any, thresholds: Sequence[float]
) -> tuple[Any, Any]:
    """Weights above every threshold, (thresholds, columns), by comparing all with all."""
    levels = ops.reshape(ops.convert_to_tensor(thresholds, dtype=scores.dtype), (-1, 1, 1))
    above = ops.cast(ops.greater(ops.expand_dims(scores, 0), levels), scores.dtype)
    return (
        ops.sum(above * ops.expand_dims(positive, 0), axis=1),
        ops.sum(above * ops.expand_dims(negative, 0), axis=1),
    )


def _above_buckets(
    scores: Any, positive: Any, negative: Any, thresholds: Sequence[float]
) -> tuple[Any, Any]:
    """The same for even thresholds: count what lies between neighbours, then sum from the top."""
    levels, columns = len(thresholds), scores.shape[-1]
    bucket = ops.ceil(ops.clip(scores, 0.0, 1.0) * (levels - 1)) - 1
    if thresholds[0] < 0.0:  # zero itself exceeds the first threshold
        bucket = ops.maximum(bucket, 0)
    # Scores at or below the first threshold go to a bucket of their own, dropped below.
    bucket = ops.cast(bucket, "int32") + 1
    bucket = bucket + ops.arange(columns, dtype="int32") * (levels + 1)

    def totals(weight: Any) -> Any:
        summed = ops.segment_sum(
            ops.reshape(weight, (-1,)),
            ops.reshape(bucket, (-1,)),
            num_segments=columns * (levels + 1),
        )
        between = ops.reshape(summed, (columns, levels + 1))[:, 1:]
        return ops.transpose(ops.flip(ops.cumsum(ops.flip(between, axis=1), axis=1), axis=1))

    return totals(positive), totals(negative)


def _keep_top_k(scores: Any, k: int) -> Any:
    """Scores with all but the `k` highest of the last axis pushed below any threshold."""
    _, index = ops.top_k(scores, k)
    kept = ops.sum(ops.one_hot(index, scores.shape[-1], dtype=scores.dtype), axis=-2)
    return scores * kept + NEVER * (1 - kept)
