"""Blending the rows of a batch with other rows of it."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops


def blended(rows: Any, transformation: Any) -> Any:
    """``w * rows + (1 - w) * rows[order]``, with a weight for each row.

    Args:
        rows: [B, ...], of a float dtype.
        transformation: ``{"mix_weight": [B, ...], "permutation_order": int [B]}``.
    """
    weight = ops.reshape(
        ops.cast(transformation["mix_weight"], rows.dtype), (-1, *[1] * (rows.ndim - 1))
    )
    others = ops.take(rows, transformation["permutation_order"], axis=0)
    return weight * rows + (1.0 - weight) * others


def blended_labels(labels: Any, transformation: Any) -> Any:
    """`blended` labels, of any dtype: integers become floats."""
    weight = ops.convert_to_tensor(transformation["mix_weight"])
    kind = ops.dtype(labels)
    return blended(labels if "float" in kind else ops.cast(labels, weight.dtype), transformation)
