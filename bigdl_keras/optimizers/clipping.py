"""Limits on gradients."""

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops


def clip_by_norm(gradient: Any, limit: float) -> Any:
    """`gradient` scaled down to a 2-norm of at most `limit`."""
    squares = ops.sum(ops.square(gradient))
    # The derivative of a square root at zero is infinite: zero never reaches it.
    positive = squares > 0
    norm = ops.where(positive, ops.sqrt(ops.where(positive, squares, 1.0)), squares)
    return gradient * limit / ops.maximum(norm, limit)


def clip_by_global_norm(gradients: Sequence[Any], limit: float) -> list[Any]:
    """`gradients` scaled by one factor to a joint 2-norm of at most `limit`.

    All of them become NaN when the norm is not finite, so that the fault shows.
    """
    squares = [ops.sum(ops.square(gradient)) for gradient in gradients]
    norm = ops.sqrt(sum(squares[1:], start=squares[0]))
    scale = limit * ops.minimum(1.0 / norm, 1.0 / limit) + (norm - norm)
    return [gradient * scale for gradient in gradients]
