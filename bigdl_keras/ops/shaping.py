"""Other shapes and places for the same elements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bigdl_backend.primitives import functional as F
from bigdl_keras.core.keras_op import keras_op


@keras_op
def reshape(x: Any, newshape: Any) -> Any:
    """`x` in another shape; one -1 (or None) stands for what is left."""
    newshape = (newshape,) if not isinstance(newshape, Sequence) else newshape
    return F.reshape(x, tuple(-1 if dim is None else dim for dim in newshape))


@keras_op
def ravel(x: Any) -> Any:
    """`x` as one axis."""
    return F.ravel(x)


@keras_op
def transpose(x: Any, axes: Any = None) -> Any:
    """`x` with its axes in another order, reversed by default."""
    return F.transpose(x, axes)


@keras_op
def squeeze(x: Any, axis: Any = None) -> Any:
    """`x` without axes of size 1."""
    return F.squeeze(x, axis)


@keras_op
def expand_dims(x: Any, axis: Any) -> Any:
    """`x` with new axes of size 1."""
    return F.expand_dims(x, axis)


@keras_op
def moveaxis(x: Any, source: Any, destination: Any) -> Any:
    """`x` with axes moved to other positions."""
    return F.moveaxis(x, source, destination)


@keras_op
def swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    """`x` with two axes exchanged."""
    return F.swapaxes(x, axis1, axis2)


@keras_op
def broadcast_to(x: Any, shape: Any) -> Any:
    """`x` repeated to `shape`."""
    return F.broadcast_to(x, shape)


@keras_op
def concatenate(xs: Any, axis: int | None = 0) -> Any:
    """The tensors one after the other along `axis`."""
    return F.concatenate(xs, axis)


@keras_op
def append(x1: Any, x2: Any, axis: int | None = None) -> Any:
    """`x1` followed by `x2` along `axis` (flattened for None)."""
    return F.concatenate([x1, x2], axis)


@keras_op
def stack(x: Any, axis: int = 0) -> Any:
    """The tensors along a new axis."""
    return F.stack(x, axis)


@keras_op
def hstack(xs: Any) -> Any:
    """The tensors side by side: along axis 1, or axis 0 of vectors."""
    values = [F.reshape(x, (1,)) if np.ndim(x) == 0 else x for x in xs]
    return F.concatenate(values, 0 if F.as_value(values[0]).ndim == 1 else 1)


@keras_op
def vstack(xs: Any) -> Any:
    """The tensors (vectors as rows) one below the other."""
    values = [F.as_value(x) for x in xs]
    return F.concatenate([F.reshape(x, (1, -1)) if x.ndim < 2 else x for x in values], 0)


@keras_op
def dstack(xs: Any) -> Any:
    """The tensors one behind the other, along axis 2."""
    values = []
    for x in xs:
        x = F.as_value(x)
        if x.ndim < 2:
            x = F.reshape(x, (1, -1, 1))
        values.append(F.expand_dims(x, 2) if x.ndim == 2 else x)
    return F.concatenate(values, 2)


@keras_op
def split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """`x` cut into equal sections, or before the given indices."""
    return F.split(x, indices_or_sections, axis)


@keras_op
def array_split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """`x` cut into sections whose sizes differ by one at most."""
    x = F.as_value(x)
    length = x.shape[axis]
    if not isinstance(indices_or_sections, int) or not isinstance(length, int):
        return F.split(x, indices_or_sections, axis)
    size, more = divmod(length, indices_or_sections)
    bounds = np.cumsum([size + (i < more) for i in range(indices_or_sections)])[:-1]
    return F.split(x, bounds.tolist(), axis)


def _split_along(name: str, doc: str, axis_of: Callable[[Any], int]) -> Any:
    def operation(x: Any, indices_or_sections: Any) -> list[Any]:
        return F.split(x, indices_or_sections, axis_of(F.as_value(x)))

    operation.__name__ = operation.__qualname__ = name
    operation.__doc__ = doc
    return keras_op(operation)


hsplit = _split_along("hsplit", "`x` cut along axis 1 (0 of a vector).", lambda x: int(x.ndim > 1))
vsplit = _split_along("vsplit", "`x` cut along axis 0.", lambda x: 0)
dsplit = _split_along("dsplit", "`x` cut along axis 2.", lambda x: 2)


@keras_op
def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Any]:
    """The entries of `x` along `axis`."""
    x = F.as_value(x)
    if num is not None and x.shape[axis] != num:
        raise ValueError(f"`num` is {num} but axis {axis} of {tuple(x.shape)} is {x.shape[axis]}")
    return F.unstack(x, axis)


@keras_op
def flip(x: Any, axis: Any = None) -> Any:
    """`x` backwards along `axis`."""
    return F.flip(x, axis)


@keras_op
def fliplr(x: Any) -> Any:
    """`x` backwards along axis 1."""
    return F.flip(x, 1)


@keras_op
def flipud(x: Any) -> Any:
    """`x` backwards along axis 0."""
    return F.flip(x, 0)


@keras_op
def rot90(array: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    """`array` turned `k` times by 90 degrees in the plane of two axes, from the first to the second."""
    first, second = axes
    turns = k % 4
    if turns == 2:
        return F.flip(array, (first, second))
    if turns == 1:
        return F.swapaxes(F.flip(array, second), first, second)
    return F.flip(F.swapaxes(array, first, second), second) if turns == 3 else F.as_value(array)


@keras_op
def roll(x: Any, shift: Any, axis: Any = None) -> Any:
    """`x` moved by `shift` along `axis`, coming in again at the other end."""
    return F.roll(x, shift, axis)


@keras_op
def tile(x: Any, repeats: Any) -> Any:
    """`x` laid out several times along each axis."""
    return F.tile(x, repeats)


@keras_op
def repeat(x: Any, repeats: Any, axis: int | None = None) -> Any:
    """Each element several times along `axis`."""
    return F.repeat(x, repeats, axis)


@keras_op
def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Any:
    """`x` with more elements around it."""
    if mode != "constant" and constant_values is not None:
        raise ValueError(
            "Argument `constant_values` can only be provided when `mode == 'constant'`. "
            f"Received: mode={mode}"
        )
    return F.pad(x, pad_width, mode, 0 if constant_values is None else constant_values)


@keras_op
def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The diagonal of two axes, as a new last axis."""
    return F.diagonal(x, offset, axis1, axis2)


@keras_op
def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The sum of the diagonal of two axes."""
    return F.sum(F.diagonal(x, offset, axis1, axis2), -1)


@keras_op
def diag(x: Any, k: int = 0) -> Any:
    """The diagonal of a matrix, or the matrix with a vector as diagonal."""
    x = F.as_value(x)
    if x.ndim == 2:
        return F.diagonal(x, k)
    if x.ndim != 1:
        raise ValueError(f"`x` must be 1-D or 2-D. Received: x.shape={tuple(x.shape)}")
    size = x.shape[0] + abs(k)
    padded = F.pad(x, [(max(k, 0), max(-k, 0))])
    return F.where(F.diagonal_mask(size, size, k), F.expand_dims(padded, 0), 0)


@keras_op
def diagflat(x: Any, k: int = 0) -> Any:
    """The matrix with the flattened `x` as diagonal `k`."""
    return diag(F.ravel(x), k)


@keras_op
def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """Differences of neighbours along `axis`, `n` times."""
    a = F.as_value(a)
    for _ in range(n):
        length = a.shape[axis]
        after, before = F.slice_axis(a, axis, 1, length), F.slice_axis(a, axis, 0, length - 1)
        a = F.not_equal(after, before) if a.dtype == np.bool_ else F.subtract(after, before)
    return a


def _channels_last(x: Any, data_format: str) -> Any:
    return F.transpose(x, (0, 2, 3, 1)) if data_format == "channels_first" else F.as_value(x)


def _as_given(x: Any, data_format: str) -> Any:
    return F.transpose(x, (0, 3, 1, 2)) if data_format == "channels_first" else x


@keras_op
def space_to_depth(x: Any, block_size: int, data_format: str = "channels_last") -> Any:
    """Blocks of pixels as channels of one pixel."""
    x = _channels_last(x, data_format)
    n, h, w, c = x.shape
    b = block_size
    blocks = F.transpose(F.reshape(x, (n, h // b, b, w // b, b, c)), (0, 1, 3, 2, 4, 5))
    return _as_given(F.reshape(blocks, (n, h // b, w // b, b * b * c)), data_format)


@keras_op
def depth_to_space(x: Any, block_size: int, data_format: str = "channels_last") -> Any:
    """Channels of one pixel as a block of pixels."""
    x = _channels_last(x, data_format)
    n, h, w, c = x.shape
    b = block_size
    blocks = F.transpose(F.reshape(x, (n, h, w, b, b, c // (b * b))), (0, 1, 3, 2, 4, 5))
    return _as_given(F.reshape(blocks, (n, h * b, w * b, c // (b * b))), data_format)
