"""Arrow batches from Spark as arrays: without a Python object a row, and without a copy where the bytes allow it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from math import prod
from typing import Any

import numpy as np

from bigdl_backend.spark.columns import Field

_RED_GREEN_BLUE: dict[int, Any] = {3: slice(None, None, -1), 4: [2, 1, 0, 3]}


class UnusableRow(ValueError):
    """A row that cannot be an input; `row` is the number of the first such row in its batch."""

    def __init__(self, message: str, row: int):
        super().__init__(message)
        self.row = row


def read_batches(
    batches: Iterable[Any], fields: Sequence[Field]
) -> Iterator[tuple[Any, list[np.ndarray]]]:
    """Each record batch of a Spark task with the arrays of its fields.

    Raises:
        ValueError: naming the column, what is wrong, the partition, and the row in it.
    """
    from pyspark import TaskContext

    here = TaskContext.get()
    partition = 0 if here is None else here.partitionId()
    before = 0
    for batch in batches:
        yield batch, read_fields(batch, fields, partial(_place, partition, before))
        before += batch.num_rows


def read_fields(
    batch: Any,
    fields: Sequence[Field],
    place: Callable[[int], tuple[int, int]],
    as_stored: bool = False,
) -> list[np.ndarray]:
    """The array of each field.

    Args:
        batch: an Arrow record batch.
        fields: of its columns, by their aliases.
        place: the partition of a row of the batch, and the row's number there.
        as_stored: in the dtypes to keep, else in those that the model takes.

    Raises:
        ValueError: as for `read_batches`.
    """
    arrays = []
    for field in fields:
        dtype = field.stored if as_stored else field.dtype
        try:
            arrays.append(to_numpy(batch.column(field.alias), field, dtype))
        except UnusableRow as error:
            partition, row = place(error.row)
            name = field.label or field.alias
            raise ValueError(f"{name}: {error} (row {row} of partition {partition})") from None
    return arrays


def to_numpy(column: Any, field: Field, dtype: str | None = None) -> np.ndarray:
    """An Arrow column as an array of ``[rows, *field.shape]``.

    Args:
        column: numbers, lists or fixed-size lists of them, bytes, or text.
        field: sizes of -1 in its shape come from the data.
        dtype: of the result; default: the field's.

    Raises:
        UnusableRow: nulls, rows of unequal length, or of another size than the field's.
    """
    import pyarrow.types as types

    if not len(column):
        return np.empty((0, *(max(size, 0) for size in field.shape)), dtype or field.dtype)
    flat, sizes = column, list[int]()
    while types.is_list(flat.type) or types.is_large_list(flat.type) or _is_fixed(flat.type):
        _refuse_nulls(flat, prod(sizes))
        sizes.append(_list_size(flat, prod(sizes)))
        flat = flat.flatten()
    _refuse_nulls(flat, prod(sizes))
    if field.sent_as == "binary":
        values, size = _bytes(flat)
        sizes.append(size)
    else:
        values = flat.to_numpy(zero_copy_only=False)
    values = values.reshape(len(column), *_row_shape(field.shape, sizes))
    if field.bgr and values.shape[-1] in _RED_GREEN_BLUE:
        values = values[..., _RED_GREEN_BLUE[values.shape[-1]]]
    return values.astype(dtype or field.dtype, copy=False)


def _place(partition: int, before: int, row: int) -> tuple[int, int]:
    return partition, before + row


def _is_fixed(kind: Any) -> bool:
    import pyarrow.types

    return pyarrow.types.is_fixed_size_list(kind)


def _refuse_nulls(flat: Any, per_row: int) -> None:
    if not flat.null_count:
        return
    import pyarrow.compute

    first = pyarrow.compute.index(flat.is_null(), True).as_py()
    count = f"{flat.null_count} null{'' if flat.null_count == 1 else 's'} in a batch of rows"
    raise UnusableRow(
        f"it holds {count}; fill them with df.fillna(...) or drop them with df.dropna(...)",
        first // per_row,
    )


def _list_size(lists: Any, per_row: int) -> int:
    """How many elements every list has."""
    if _is_fixed(lists.type):
        return lists.type.list_size
    return _same(np.diff(lists.offsets.to_numpy()), per_row, "elements")


def _same(lengths: np.ndarray, per_row: int, what: str) -> int:
    if not len(lengths):
        return 0  # the lists around these are all empty
    other = np.flatnonzero(lengths != lengths[0])
    if len(other):
        raise UnusableRow(
            f"it holds rows of {lengths.min()} to {lengths.max()} {what}; make them of one length",
            int(other[0]) // per_row,
        )
    return int(lengths[0])


def _bytes(column: Any) -> tuple[np.ndarray, int]:
    """All bytes of a binary column, and how many belong to each row."""
    import pyarrow.types as types

    kind, start, rows = column.type, column.offset, len(column)
    if types.is_fixed_size_binary(kind):
        size = kind.byte_width
        content = np.frombuffer(column.buffers()[1], np.uint8)
        return content[start * size : (start + rows) * size], size
    _, places, content = column.buffers()
    width = np.int64 if types.is_large_binary(kind) else np.int32
    offsets = np.frombuffer(places, width)[start : start + rows + 1]
    size = _same(np.diff(offsets), 1, "bytes")
    if not size:
        return np.empty(0, np.uint8), 0
    return np.frombuffer(content, np.uint8)[offsets[0] : offsets[-1]], size


def _row_shape(wanted: Sequence[int], sizes: Sequence[int]) -> tuple[int, ...]:
    """The shape of a row, of `prod(sizes)` values: as wanted, with what is open filled in."""
    natural = list(sizes) if len(sizes) == len(wanted) else [-1] * len(wanted)
    shape = [n if size < 0 else size for size, n in zip(wanted, natural, strict=True)]
    known = prod(size for size in shape if size >= 0)
    if shape.count(-1) == 1 and known:
        shape[shape.index(-1)] = prod(sizes) // known
    if prod(shape) != prod(sizes) or -1 in shape:
        raise UnusableRow(f"rows of {prod(sizes)} numbers do not have the shape {list(wanted)}", 0)
    return tuple(shape)
