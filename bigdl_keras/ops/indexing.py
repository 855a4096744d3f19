"""Reading and writing at positions, sorting, counting, codes."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from bigdl_backend.primitives import functional as F
from bigdl_keras import config
from bigdl_keras.core.dtypes import standardize_dtype
from bigdl_keras.core.keras_op import keras_op


def known(x: Any, operation: str) -> np.ndarray:
    """`x` as an array.

    Raises:
        ValueError: `x` is traced, and the shape of what `operation` returns would depend on it.
    """
    x = F.as_value(x)
    if F.is_tensor(x):
        raise ValueError(
            f"the shape of the result of `{operation}` depends on data, which a traced model cannot "
            "have: call it on arrays, outside of the model"
        )
    return x


def no_sparse(sparse: bool | None) -> None:
    """Refuse sparse results, which this engine has not."""
    if sparse:
        raise ValueError("`sparse=True` is not supported: tensors are dense")


@keras_op
def get_item(x: Any, key: Any) -> Any:
    """``x[key]``."""
    return F.getitem(x, key)


@keras_op
def take(x: Any, indices: Any, axis: int | None = None) -> Any:
    """The entries at `indices` along `axis`."""
    return F.take(x, indices, axis)


@keras_op
def take_along_axis(x: Any, indices: Any, axis: int | None = None) -> Any:
    """The entries of each line along `axis` at that line's own `indices`."""
    return F.take_along_axis(x, indices, axis)


@keras_op
def one_hot(
    x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False
) -> Any:
    """1 at each index and 0 elsewhere along a new axis."""
    no_sparse(sparse)
    return F.one_hot(x, num_classes, axis, standardize_dtype(dtype or config.floatx()))


@keras_op
def multi_hot(
    inputs: Any,
    num_classes: int | None = None,
    axis: int = -1,
    dtype: Any = None,
    sparse: bool = False,
    **kwargs: Any,
) -> Any:
    """1 at every index among the last axis of `inputs`, 0 elsewhere."""
    num_classes = kwargs.pop("num_tokens", num_classes)
    if num_classes is None or kwargs:
        raise ValueError(f"`multi_hot` needs `num_classes`; unknown arguments: {sorted(kwargs)}")
    inputs = F.as_value(inputs)
    coded = one_hot(inputs, num_classes, axis, dtype, sparse)
    return F.max(coded, axis=1 if inputs.ndim > 1 else 0)


@keras_op
def sort(x: Any, axis: int | None = -1) -> Any:
    """`x` in ascending order along `axis`."""
    return F.sort(x, axis)


@keras_op
def argsort(x: Any, axis: int | None = -1) -> Any:
    """The positions that sort `x` along `axis`."""
    return F.argsort(x, axis)


@keras_op
def argpartition(x: Any, kth: int, axis: int | None = -1) -> Any:
    """Positions with the `kth` smallest element in its place, smaller ones before it (fully sorted)."""
    x = F.as_value(x)
    length = x.size if axis is None else x.shape[axis]
    if isinstance(length, int) and not -length <= kth < length:
        raise ValueError(f"kth(={kth}) is out of bounds ({length})")
    return F.argsort(x, axis)


@keras_op
def top_k(x: Any, k: int, sorted: bool = True) -> Any:
    """The `k` largest elements of the last axis and their positions (sorted in any case)."""
    del sorted
    return F.top_k(x, k)


@keras_op
def in_top_k(targets: Any, predictions: Any, k: int) -> Any:
    """Whether the target class is among the `k` best of each row."""
    predictions = F.as_value(predictions)
    at_target = F.take_along_axis(predictions, F.expand_dims(targets, -1), -1)
    at_target = F.where(F.isnan(at_target), -math.inf, at_target)
    better = F.count_nonzero(F.greater(predictions, at_target), -1)
    return F.less(better, k)


@keras_op
def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Any:
    """Where `values` belong in a sorted vector."""
    if F.as_value(sorted_sequence).ndim != 1:
        raise ValueError("`searchsorted` only supports 1-D sorted sequences.")
    return F.searchsorted(sorted_sequence, values, side)


@keras_op
def digitize(x: Any, bins: Any) -> Any:
    """The number of the bin of each element; `bins` are increasing edges."""
    return F.searchsorted(bins, x, "right")


@keras_op
def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    """Whether each element of `x1` occurs in `x2` (which may hold repeats in any case)."""
    del assume_unique
    x1, x2 = F.promoted(x1, x2)
    found = F.any(F.equal(F.expand_dims(x1, -1), F.ravel(x2)), -1)
    return F.logical_not(found) if invert else found


@keras_op
def bincount(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> Any:
    """How often each of 0, 1, ... occurs in the last axis, or the sum of its weights."""
    no_sparse(sparse)
    x = F.as_value(x)
    if F.is_tensor(x):
        if not minlength:
            known(x, "bincount")
        length = minlength
    else:
        length = builtins.max(minlength, int(np.max(x, initial=-1)) + 1)
    dtype = F.as_value(weights).dtype if weights is not None else "int32"
    coded = F.one_hot(x, length, dtype=dtype)
    if weights is not None:
        coded = F.multiply(coded, F.expand_dims(weights, -1))
    return F.sum(coded, -2)


@keras_op
def histogram(x: Any, bins: int = 10, range: Any = None) -> Any:
    """Counts of the elements in `bins` equal bins, and the edges."""
    if not isinstance(bins, int) or bins < 0:
        raise ValueError(f"Argument `bins` should be a non-negative integer. Received: bins={bins}")
    x = F.ravel(F.promoted_float(x)[0])
    low, high = (F.min(x), F.max(x)) if range is None else range
    low, high = F.as_value(low, x.dtype), F.as_value(high, x.dtype)
    flat = F.equal(low, high)
    low, high = F.where(flat, F.subtract(low, 0.5), low), F.where(flat, F.add(high, 0.5), high)
    part = np.linspace(0, 1, bins + 1).astype(x.dtype)
    edges = F.add(F.multiply(part, F.subtract(high, low)), low)
    inside = F.logical_and(F.greater_equal(x, low), F.less_equal(x, high))
    place = F.subtract(F.searchsorted(edges, x, "right"), 1)
    place = F.minimum(place, bins - 1)
    return F.segment_sum(F.cast(inside, x.dtype), place, bins), edges


@keras_op
def nonzero(x: Any) -> tuple[Any, ...]:
    """The positions of elements that are not zero, one vector an axis."""
    return tuple(i.astype("int32") for i in np.nonzero(known(x, "nonzero")))


@keras_op
def unique(
    x: Any,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    """The distinct elements (sorted in any case), cut or filled up to `size`."""
    del sorted
    wanted: dict[str, Any] = {
        "return_index": return_index,
        "return_inverse": return_inverse,
        "return_counts": return_counts,
        "axis": axis,
    }
    found = np.unique(known(x, "unique"), **wanted)
    parts = list(found) if isinstance(found, tuple) else [found]
    if size is not None:
        at = 0 if axis is None else axis
        missing = size - parts[0].shape[at]
        fill = parts[0].take([0], at) if fill_value is None else np.asarray(fill_value)
        if missing > 0:
            shape = list(parts[0].shape)
            shape[at] = missing
            filling = np.broadcast_to(fill.astype(parts[0].dtype), shape)
            parts[0] = np.concatenate([parts[0], filling], at)
        parts[0] = parts[0].take(np.arange(size), at)
    parts[1:] = [part.astype("int32") for part in parts[1:]]
    return tuple(parts) if len(parts) > 1 else parts[0]


@keras_op
def unravel_index(indices: Any, shape: Any) -> tuple[Any, ...]:
    """Positions in a tensor of `shape` from positions in its flattened form."""
    rest = F.as_value(indices)
    total = math.prod(shape)
    rest = F.where(F.less(rest, 0), F.add(rest, total), rest)
    found = []
    for dim in reversed(tuple(shape)):
        found.append(F.mod(rest, dim))
        rest = F.floor_divide(rest, dim)
    return tuple(reversed(found))


@keras_op
def scatter(indices: Any, values: Any, shape: Any) -> Any:
    """Zeros of `shape` with `values` added at the index vectors `indices`."""
    values = F.as_value(values)
    return F.scatter_nd_add(F.full(shape, 0, values.dtype), indices, values)


@keras_op
def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> Any:
    """`inputs` with `updates` set (or added) at index vectors; of repeated ones the last is set."""
    if reduction == "add":
        return F.scatter_nd_add(inputs, indices, updates)
    if reduction is not None:
        raise NotImplementedError(
            f"`scatter_update` with reduction={reduction!r}: only None and 'add' are supported"
        )
    inputs, indices = F.as_value(inputs), F.as_value(indices)
    depth = indices.shape[-1]
    indices = F.reshape(indices, (-1, depth))
    updates = F.reshape(F.as_value(updates, inputs.dtype), (-1, *inputs.shape[depth:]))
    last = _is_last_occurrence(indices, inputs.shape[:depth])
    last = F.reshape(last, (-1, *(1,) * (inputs.ndim - depth)))
    old = F.gather_nd(inputs, indices)
    # What is set is what is there plus the change of the last update.
    return F.scatter_nd_add(inputs, indices, F.where(last, F.subtract(updates, old), 0))


def _is_last_occurrence(indices: Any, shape: Any) -> Any:
    """Whether no later row of `indices` is the same position."""
    flat = F.full_like(F.getitem(indices, (..., 0)), 0)
    for axis, dim in enumerate(shape):
        flat = F.add(F.multiply(flat, dim), F.getitem(indices, (..., axis)))
    order = F.argsort(flat, 0)
    ordered = F.take(flat, order, 0)
    count = ordered.shape[0]
    changes = F.not_equal(
        F.slice_axis(ordered, 0, 1, count), F.slice_axis(ordered, 0, 0, count - 1)
    )
    ends = F.concatenate([changes, np.ones(1, bool)], 0)
    return F.take(ends, F.argsort(order, 0), 0)


@keras_op
def slice(inputs: Any, start_indices: Any, shape: Any) -> Any:
    """The block of `shape` that begins at `start_indices`."""
    inputs = F.as_value(inputs)
    if isinstance(start_indices, list | tuple) and all(type(at) is int for at in start_indices):
        for axis, (at, size) in enumerate(zip(start_indices, shape, strict=True)):
            inputs = F.slice_axis(inputs, axis, at, at + size)
        return inputs
    return F.dynamic_slice(inputs, start_indices, shape)


@keras_op
def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Any:
    """`inputs` with the block that begins at `start_indices` replaced."""
    return F.dynamic_update_slice(inputs, updates, start_indices)


def _segments(segment_ids: Any, num_segments: int | None) -> tuple[Any, int]:
    segment_ids = F.as_value(segment_ids)
    if num_segments is None:
        num_segments = int(np.max(known(segment_ids, "segment operation"), initial=-1)) + 1
    return segment_ids, num_segments


@keras_op
def segment_sum(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Any:
    """The rows of `data` summed by segment (whether sorted or not)."""
    del sorted
    return F.segment_sum(data, *_segments(segment_ids, num_segments))


def _segment_reduction(name: str, function: Any, neutral: Any, doc: str) -> Any:
    def operation(
        data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
    ) -> Any:
        del sorted
        data = F.as_value(data)
        segment_ids, count = _segments(segment_ids, num_segments)
        own = F.equal(F.expand_dims(segment_ids, 1), np.arange(count, dtype=np.int32))
        own = F.reshape(own, (*own.shape, *(1,) * (data.ndim - 1)))
        return function(F.where(own, F.expand_dims(data, 1), neutral(data.dtype)), 0)

    operation.__name__ = operation.__qualname__ = name
    operation.__doc__ = doc
    return keras_op(operation)


def _least(dtype: np.dtype) -> Any:
    return np.asarray(np.iinfo(dtype).min if dtype.kind in "iu" else -math.inf, dtype)


def _most(dtype: np.dtype) -> Any:
    return np.asarray(np.iinfo(dtype).max if dtype.kind in "iu" else math.inf, dtype)


segment_max = _segment_reduction(
    "segment_max", F.max, _least, "The largest row of `data` in each segment."
)
segment_min = _segment_reduction(
    "segment_min", F.min, _most, "The smallest row of `data` in each segment."
)
segment_prod = _segment_reduction(
    "segment_prod", F.prod, lambda dtype: np.ones((), dtype), "The rows multiplied by segment."
)
