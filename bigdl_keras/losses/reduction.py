"""From one loss a sample to one loss a batch: weights, masks and means.

In a step traced for several workers every mean divides by the size of the whole batch, so that the
workers' results add up to the loss of that batch (see `bigdl_backend.graph.replica`).
"""

from typing import Any

from bigdl_backend.graph import replica
from bigdl_keras import ops
from bigdl_keras.losses.alignment import same_rank

_REDUCTIONS = ("sum_over_batch_size", "sum", None, "none", "mean", "mean_with_sample_weight")


def standardize_reduction(reduction: str | None) -> str | None:
    """`reduction` itself.

    Raises:
        ValueError: it names no reduction.
    """
    if reduction not in _REDUCTIONS:
        raise ValueError(f"`reduction` must be one of {_REDUCTIONS}; got {reduction!r}.")
    return reduction


def apply_mask(sample_weight: Any, mask: Any, dtype: Any, reduction: str | None) -> Any:
    """Weights that leave out masked values.

    For means the kept values weigh more, so that dividing by the number of all values gives the
    mean over the kept ones.

    Args:
        sample_weight: weights or `None`.
        mask: true where a value counts, or `None`.
        dtype: dtype of the result.
        reduction: what will be done with the weighted values.
    """
    if mask is None:
        return sample_weight
    weight = ops.cast(mask, dtype)
    if reduction in ("mean", "sum_over_batch_size"):
        kept = replica.sum_across(ops.sum(weight))
        weight = weight * ops.divide_no_nan(replica.global_size(weight, dtype), kept)
    if sample_weight is None:
        return weight
    weight, sample_weight = same_rank(weight, ops.cast(sample_weight, dtype))
    return sample_weight * weight


def reduce_values(
    values: Any, sample_weight: Any = None, reduction: str | None = "sum_over_batch_size"
) -> Any:
    """Sum or mean of (already weighted) values; scalars and `None`/"none" pass through."""
    if reduction in (None, "none") or tuple(values.shape) == (0,):
        return values
    if tuple(values.shape) == ():
        # A function that reduces by itself saw this worker's rows only: workers are averaged.
        return values / replica.world_size(values.dtype) if replica.is_distributed() else values
    total = ops.sum(values)
    if reduction == "sum":
        return total
    if reduction == "mean_with_sample_weight" and sample_weight is not None:
        weights = ops.cast(ops.sum(sample_weight), total.dtype)
        return ops.divide_no_nan(total, replica.sum_across(weights))
    return total / replica.global_size(values, total.dtype)


def reduce_weighted_values(
    values: Any,
    sample_weight: Any = None,
    mask: Any = None,
    reduction: str | None = "sum_over_batch_size",
    dtype: Any = None,
) -> Any:
    """Apply weights and mask to `values`, then reduce.

    Args:
        values: losses, one a sample or finer.
        sample_weight: weights that broadcast to `values`, or `None`.
        mask: true where a value counts, or `None`.
        reduction: see `Loss`.
        dtype: dtype to compute in (default: that of `values`).
    """
    values = ops.convert_to_tensor(values, dtype=dtype)
    weight = apply_mask(sample_weight, mask, values.dtype, standardize_reduction(reduction))
    if weight is not None:
        values, weight = same_rank(values, ops.cast(weight, values.dtype))
        values = values * weight
    return reduce_values(values, weight, reduction)
