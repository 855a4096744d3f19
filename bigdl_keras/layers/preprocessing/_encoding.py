"""Numbers of categories as vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_backend.primitives import functional as F


def check_choice(value: Any, choices: Sequence[str], layer: str, argument: str) -> None:
    """Raise `ValueError` unless `value` is one of `choices`."""
    if value not in choices:
        raise ValueError(
            f"Unknown value for `{argument}` argument of {layer}. Allowed values are: "
            f"{tuple(choices)}. Received: {argument}={value}"
        )


def refuse_sparse(sparse: bool, layer: str) -> None:
    """Raise `ValueError` when sparse outputs are asked for."""
    if sparse:
        raise ValueError(
            f"`sparse=True` can only be used with the TensorFlow backend. {layer} gives dense "
            "outputs: leave `sparse` out."
        )


def in_full(output_mode: Any) -> Any:
    """The present name of an output mode."""
    return {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(output_mode, output_mode)


def encode(numbers: Any, output_mode: str, depth: int, dtype: str, weights: Any = None) -> Any:
    """Category numbers in the form asked for; numbers outside of 0 .. depth - 1 count as nothing.

    Args:
        numbers: integers of any shape.
        output_mode: "int" (as they are), "one_hot" (a vector each, in place of a last axis of
            size 1), "multi_hot" or "count" (a vector for all numbers along the second axis, or
            along the only one).
        depth: size of the vectors.
        dtype: of the result.
        weights: what each number counts, in the shape of `numbers`; default 1.
    """
    numbers = F.as_value(numbers)
    if output_mode == "int":
        return F.cast(numbers, dtype)
    if numbers.dtype.kind not in "iu":
        numbers = F.cast(numbers, "int32")
    if numbers.ndim == 0:
        numbers = F.expand_dims(numbers, 0)
    if output_mode == "one_hot":
        if numbers.ndim > 1 and numbers.shape[-1] == 1:
            numbers = F.squeeze(numbers, -1)
        return F.one_hot(numbers, depth, -1, dtype)
    weights = F.full_like(numbers, 1, dtype) if weights is None else F.cast(weights, dtype)
    axis = min(numbers.ndim - 1, 1)
    numbers, weights = F.moveaxis(numbers, axis, -1), F.moveaxis(weights, axis, -1)
    inside = F.logical_and(F.greater_equal(numbers, 0), F.less(numbers, depth))
    nothing = F.full((*numbers.shape[:-1], depth + 1), 0, dtype)
    counts = F.add_along_last_axis(nothing, F.where(inside, numbers, depth), weights)
    counts = F.slice_axis(counts, -1, 0, depth)
    return F.cast(F.greater(counts, 0), dtype) if output_mode == "multi_hot" else counts


def encoded_shape(shape: Sequence[Any], output_mode: str, depth: int | None) -> tuple[Any, ...]:
    """The shape that `encode` gives numbers of `shape`."""
    shape = tuple(shape)
    if output_mode == "int":
        return shape
    if output_mode == "one_hot":
        return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape or (1,)), depth)
    return (*shape[:1], *shape[2:], depth) if len(shape) > 1 else (depth,)
