"""Spread rows over workers by one Spark shuffle whose keys are chosen to land where we want them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from pyspark import RDD
from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from bigdl_backend.spark.ingest import POSITION_BITS, Block

_MASK = 0xFFFFFFFF
_SPARK_SEED = 42
_BLOCK_ROWS = 1024


def spark_hash(value: int) -> int:
    """Spark's hash() of an int: Murmur3 x86 32 of four bytes with seed 42, as a signed number."""
    mixed = value * 0xCC9E2D51 & _MASK
    mixed = (mixed << 15 | mixed >> 17) & _MASK
    state = _SPARK_SEED ^ mixed * 0x1B873593 & _MASK
    state = (state << 13 | state >> 19) & _MASK
    state = state * 5 + 0xE6546B64 & _MASK
    state ^= 4
    state = (state ^ state >> 16) * 0x85EBCA6B & _MASK
    state = (state ^ state >> 13) * 0xC2B2AE35 & _MASK
    state ^= state >> 16
    return state - (1 << 32) if state >> 31 else state


def keys_for(partitions: int) -> list[int]:
    """For each partition of a hash partitioning a key that lands there."""
    keys: dict[int, int] = {}
    key = 0
    while len(keys) < partitions:
        keys.setdefault(spark_hash(key) % partitions, key)
        key += 1
    return [keys[partition] for partition in range(partitions)]


def distribute_frames(
    frames: Sequence[tuple[DataFrame, Sequence[SparkColumn], int]],
    workers: int,
    one_slot: bool = False,
) -> DataFrame:
    """One partition a worker with the rows of several data sets.

    Args:
        frames: for each data set the DataFrame, the columns to send, and its number of lanes. Columns
            of the same alias must have the same type; a data set without one of them sends nulls.
        workers: how many partitions to make.
        one_slot: whether Spark runs one task at a time, that of the only worker. It then reads all rows itself: a
            shuffle would let others read beside it, and there are none.

    Returns:
        The columns dataset (number), row (partition and position as in `monotonically_increasing_id`), and those sent.
    """
    keys = F.array(*(F.lit(key) for key in keys_for(workers)))
    tagged = []
    for number, (frame, columns, lanes) in enumerate(frames):
        row = F.monotonically_increasing_id()
        sent = frame.select(F.lit(number).alias("dataset"), row.alias("row"), *columns)
        position = F.col("row").bitwiseAND((1 << POSITION_BITS) - 1)
        worker = (F.shiftright("row", POSITION_BITS) + position) % lanes % workers
        key = F.element_at(keys, (worker + 1).cast("int"))
        tagged.append(sent.withColumn("key", key))
    together = tagged[0]
    for other in tagged[1:]:
        together = together.unionByName(other, allowMissingColumns=True)
    dealt = together.coalesce(1) if one_slot else together.repartition(workers, "key")
    return dealt.drop("key")


def distribute_rdds(
    rdds: Sequence[tuple[RDD, Callable[[Any], Sequence[Any]], Sequence[str], int]], workers: int
) -> RDD:
    """One partition a worker with blocks of rows.

    Args:
        rdds: for each data set the RDD, a function from a record to one value a field, the fields'
            dtypes, and its number of lanes.
        workers: how many partitions to make.

    Returns:
        An RDD of (worker, `ingest.Block`).
    """
    packed = []
    for number, (rdd, split, dtypes, lanes) in enumerate(rdds):
        pack = _packer(number, split, tuple(dtypes), lanes, workers)
        packed.append(rdd.mapPartitionsWithIndex(pack))
    together = packed[0] if len(packed) == 1 else packed[0].context.union(packed)
    return together.partitionBy(workers, _identity)


def _identity(worker: int) -> int:
    return worker


def _packer(
    dataset: int,
    split: Callable[[Any], Sequence[Any]],
    dtypes: tuple[str, ...],
    lanes: int,
    workers: int,
) -> Callable[[int, Iterable[Any]], Iterator[tuple[int, Block]]]:
    def pack(partition: int, records: Iterable[Any]) -> Iterator[tuple[int, Block]]:
        waiting: list[list[tuple[int, Sequence[Any]]]] = [[] for _ in range(workers)]
        for position, record in enumerate(records):
            worker = (partition + position) % lanes % workers
            waiting[worker].append((position, split(record)))
            if len(waiting[worker]) == _BLOCK_ROWS:
                yield worker, _block(dataset, partition, waiting[worker], dtypes)
                waiting[worker] = []
        for worker, rows in enumerate(waiting):
            if rows:
                yield worker, _block(dataset, partition, rows, dtypes)

    return pack


def _block(
    dataset: int, partition: int, rows: list[tuple[int, Sequence[Any]]], dtypes: tuple[str, ...]
) -> Block:
    positions = np.array([position for position, _ in rows], np.int64)
    arrays = [
        np.stack([np.asarray(values[index], dtype) for _, values in rows])
        for index, dtype in enumerate(dtypes)
    ]
    return Block(dataset, np.full(len(rows), partition, np.int64), positions, arrays)
