"""Rows on their way from Spark's partitions into the workers' storage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from bigdl_backend.spark.arrow_rows import read_fields
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
            [field.stored for field in dataset.fields],
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

    def batch(self, rows: np.ndarray) -> list[np.ndarray]:
        """The rows with these numbers, as the model takes them: an array a field."""
        arrays = self.storage.rows(rows)
        return [
            array.astype(field.dtype, copy=False)
            for array, field in zip(arrays, self.dataset.fields, strict=True)
        ]

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
    """Turn Arrow record batches of (dataset, row, *fields) into blocks; ValueError as for `read_batches`."""
    for batch in batches:
        which = batch.column("dataset").to_numpy(zero_copy_only=False)
        row = batch.column("row").to_numpy(zero_copy_only=False)
        # Both data sets may meet in one batch, in few long runs: each came from the partitions of one of them.
        starts = [0, *(np.flatnonzero(np.diff(which)) + 1).tolist()] if len(which) else []
        for start, end in pairwise([*starts, len(which)]):
            dataset, ids = int(which[start]), row[start:end]
            places = np.stack([ids >> POSITION_BITS, ids & ((1 << POSITION_BITS) - 1)], axis=1)
            part = batch.slice(start, end - start)
            fields = datasets[dataset].fields
            arrays = read_fields(part, fields, partial(_place, places), as_stored=True)
            yield Block(dataset, places[:, 0], places[:, 1], arrays)


def _place(places: np.ndarray, row: int) -> tuple[int, int]:
    partition, position = places[row].tolist()
    return partition, position
