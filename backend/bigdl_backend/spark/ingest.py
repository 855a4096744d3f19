"""Rows on their way from Spark's partitions into the workers' storage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bigdl_backend.spark.columns import Field
from bigdl_backend.spark.layout import Layout
from bigdl_backend.spark.order import Rows
from bigdl_backend.spark.storage import RowStorage

POSITION_BITS = 33  # monotonically_increasing_id: the partition above, the position in it below


@dataclass(frozen=True)
class Block:
    """Some rows of one data set.

    Attributes:
        dataset: number of the data set.
        partition: int64[n], source partition of each row.
        position: int64[n], position there.
        arrays: one array a field.
    """

    dataset: int
    partition: np.ndarray
    position: np.ndarray
    arrays: list[np.ndarray]


@dataclass(frozen=True)
class DataSet:
    """What a worker must know of a data set before it reads its share.

    Attributes:
        name: "train" or "validation".
        fields: the batch arrays, in the order of the step's batch inputs.
        rows: rows on all workers.
        lanes: see `order`.
    """

    name: str
    fields: tuple[Field, ...]
    rows: int
    lanes: int


class Shard:
    """The rows of one data set that one worker holds."""

    def __init__(self, dataset: DataSet, workers: int, budget: int):
        expected = -(-dataset.rows // workers)
        # Lanes are never exactly even: a little room spares the copy that growing costs.
        expected += expected // 50 + 16
        self.dataset = dataset
        self.storage = RowStorage(
            [field.shape for field in dataset.fields],
            [field.dtype for field in dataset.fields],
            min(expected, dataset.rows),
            budget,
        )
        self._partitions: list[np.ndarray] = []
        self._positions: list[np.ndarray] = []

    def append(self, block: Block) -> None:
        """Store a block's rows."""
        self.storage.append(block.arrays)
        self._partitions.append(block.partition)
        self._positions.append(block.position)

    def located(self) -> Rows:
        """Where the stored rows come from."""
        empty = [np.empty(0, np.int64)]
        return Rows(
            np.concatenate(self._partitions or empty),
            np.concatenate(self._positions or empty),
            self.dataset.lanes,
        )

    def layout(self) -> Layout:
        """What to report to the coordinator."""
        rows = self.located()
        order = np.lexsort((rows.position, rows.partition))
        places = np.stack([rows.partition[order], rows.position[order]])
        checksum = self.storage.checksum(order) ^ int(places.sum() & 0xFFFFFFFF)
        return Layout(rows.partition_counts(), tuple(rows.lane_sizes().tolist()), checksum)


class RowsLost(ConnectionError):
    """Spark stopped handing over rows; another attempt may get them all."""


def delivered(rows: Iterable[Any]) -> Iterator[Any]:
    """What Spark hands to a task; RowsLost when it ends with an error of whatever kind."""
    try:
        yield from rows
    except Exception as error:
        raise RowsLost(f"while the rows were read: {type(error).__name__}: {error}") from error


def read_shards(
    blocks: Iterable[Block], datasets: Sequence[DataSet], worker: int, workers: int, budget: int
) -> list[Shard]:
    """Store this worker's rows; RuntimeError when a row belongs to another worker."""
    total = sum(dataset.rows for dataset in datasets)
    shards = [Shard(ds, workers, budget * ds.rows // max(total, 1)) for ds in datasets]
    for block in blocks:
        owner = (block.partition + block.position) % datasets[block.dataset].lanes % workers
        if (owner != worker).any():
            raise RuntimeError(
                f"worker {worker} of {workers} received rows of other workers: "
                "this Spark version partitions hash keys in another way than expected"
            )
        shards[block.dataset].append(block)
    return shards


def arrow_blocks(batches: Iterable[Any], datasets: Sequence[DataSet]) -> Iterator[Block]:
    """Turn Arrow record batches of (dataset, row, *fields) into blocks."""
    for batch in batches:
        which = batch.column("dataset").to_numpy(zero_copy_only=False)
        row = batch.column("row").to_numpy(zero_copy_only=False)
        # Both data sets may meet in one batch; a data set's rows are taken together.
        for number in np.unique(which).tolist():
            chosen = np.flatnonzero(which == number)
            part = batch if len(chosen) == len(which) else batch.take(_indices(chosen))
            ids = row[chosen]
            arrays = [
                to_numpy(part.column(field.alias), field) for field in datasets[number].fields
            ]
            position = ids & ((1 << POSITION_BITS) - 1)
            yield Block(number, ids >> POSITION_BITS, position, arrays)


def to_numpy(column: Any, field: Field) -> np.ndarray:
    """An Arrow column as an array of ``[rows, *field.shape]``.

    Args:
        column: numbers, or lists of lists of them.
        field: its shape may have one -1, which then comes from the data.

    Raises:
        ValueError: nulls, rows of unequal length, or of another size than the field's.
    """
    import pyarrow.compute
    import pyarrow.types

    flat = column
    while pyarrow.types.is_list(flat.type) or pyarrow.types.is_large_list(flat.type):
        sizes = pyarrow.compute.min_max(flat.value_lengths()).as_py()
        if flat.null_count:
            raise ValueError("it holds nulls")
        if sizes["min"] != sizes["max"]:
            raise ValueError(f"it holds arrays of {sizes['min']} to {sizes['max']} elements")
        flat = flat.flatten()
    if flat.null_count:
        raise ValueError(f"it holds {flat.null_count} nulls")
    values = flat.to_numpy(zero_copy_only=False)
    if values.size != 0 or -1 not in field.shape:
        try:
            values = values.reshape(len(column), *field.shape)
        except ValueError:
            raise ValueError(
                f"rows of {values.size // max(1, len(column))} numbers do not have the shape "
                f"{list(field.shape)}"
            ) from None
    else:
        values = values.reshape(len(column), *(max(size, 0) for size in field.shape))
    return values.astype(field.dtype, copy=False)


def _indices(rows: np.ndarray) -> Any:
    import pyarrow

    return pyarrow.array(rows)
