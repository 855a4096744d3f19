"""Metrics of a data set without gathering it: every task adds up metric state over its own rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from pyspark import RDD
from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame

from bigdl_backend.graph.program import Program
from bigdl_backend.graph.session import Session
from bigdl_backend.spark.application import application_of
from bigdl_backend.spark.arrow_rows import read_batches
from bigdl_backend.spark.columns import Field
from bigdl_backend.spark.failures import cause_first
from bigdl_backend.spark.memory import memory_in_errors
from bigdl_backend.spark.records import Split, record_batches
from bigdl_backend.spark.shipped import ShippedProgram, ship

STEP = "test"


def evaluate_frame(
    frame: DataFrame,
    expressions: Sequence[SparkColumn],
    fields: Sequence[Field],
    program: Program,
    metrics: Sequence[str],
    batch_size: int,
    rows: int | None = None,
) -> dict[str, np.ndarray]:
    """Run the step "test" over all rows.

    Args:
        frame: the data.
        expressions: its columns, one for each batch input.
        fields: their shapes and dtypes.
        program: traced for one worker.
        metrics: the state variables that the step adds to.
        batch_size: rows of each step.
        rows: only the first so many rows; None: all.

    Returns:
        The final value of each of `metrics`, as if one process had seen all rows.
    """
    selected = frame.select(*expressions)
    if rows is not None:
        selected = selected.limit(rows)
    shipped = ship(program, application_of(frame))
    task = _frame_task(shipped, tuple(fields), tuple(metrics), batch_size)
    with cause_first("evaluating"):
        parts = [bytes(row[0]) for row in selected.mapInArrow(task, "state binary").collect()]
    return _added_up(program, metrics, parts)


def evaluate_rdd(
    rdd: RDD,
    split: Split,
    fields: Sequence[Field],
    program: Program,
    metrics: Sequence[str],
    batch_size: int,
) -> dict[str, np.ndarray]:
    """As `evaluate_frame`, for an RDD whose records `split` turns into one value a field."""
    shipped = ship(program, application_of(rdd))
    task = _rdd_task(shipped, split, tuple(fields), tuple(metrics), batch_size)
    with cause_first("evaluating"):
        parts = rdd.mapPartitionsWithIndex(task).collect()
    return _added_up(program, metrics, parts)


def _frame_task(
    shipped: ShippedProgram, fields: tuple[Field, ...], metrics: tuple[str, ...], batch_size: int
) -> Callable[[Iterator[Any]], Iterator[Any]]:
    def task(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow

        session = shipped.session()
        blocks = (arrays for _, arrays in read_batches(batches, fields))
        state = _tested(session, blocks, metrics, batch_size)
        yield pyarrow.RecordBatch.from_pydict({"state": pyarrow.array([state], pyarrow.binary())})

    return task


def _rdd_task(
    shipped: ShippedProgram,
    split: Split,
    fields: tuple[Field, ...],
    metrics: tuple[str, ...],
    batch_size: int,
) -> Callable[[int, Iterable[Any]], Iterator[bytes]]:
    def task(partition: int, records: Iterable[Any]) -> Iterator[bytes]:
        blocks = record_batches(partition, records, split, fields, batch_size)
        yield _tested(shipped.session(), blocks, metrics, batch_size)

    return task


def _tested(
    session: Session,
    blocks: Iterable[Sequence[np.ndarray]],
    metrics: tuple[str, ...],
    batch_size: int,
) -> bytes:
    """What these rows add to the metric state, as raw bytes in the order of `metrics`."""
    first = [session.state[name].copy() for name in metrics]
    with memory_in_errors():
        for arrays in blocks:
            for start in range(0, len(arrays[0]), batch_size):
                session.run(STEP, [array[start : start + batch_size] for array in arrays])
    added = []
    for name, before in zip(metrics, first, strict=True):
        value = session.state[name]
        added.append(np.ascontiguousarray(value - before).tobytes())
        value[...] = before  # the session serves the next task as well
    return b"".join(added)


def _added_up(
    program: Program, metrics: Sequence[str], parts: Sequence[bytes]
) -> dict[str, np.ndarray]:
    result = {name: program.state[name].copy() for name in metrics}
    for part in parts:
        start = 0
        for value in result.values():
            value += np.frombuffer(part, value.dtype, value.size, start).reshape(value.shape)
            start += value.nbytes
    return result
