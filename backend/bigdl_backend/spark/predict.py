"""Scoring DataFrames and RDDs where their rows are: lazily, in order, with every other column kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from pyspark import RDD
from pyspark.sql import DataFrame
from pyspark.sql import types as T

from bigdl_backend.graph.program import Program
from bigdl_backend.graph.session import Session
from bigdl_backend.spark.application import application_of
from bigdl_backend.spark.arrow_rows import read_batches
from bigdl_backend.spark.columns import Field, Use, input_columns
from bigdl_backend.spark.memory import memory_in_errors
from bigdl_backend.spark.records import Split, record_batches
from bigdl_backend.spark.shipped import ShippedProgram, ship

STEP = "predict"
_NUMBERS = {
    "bool": T.BooleanType(),
    "int8": T.ByteType(),
    "int16": T.ShortType(),
    "int32": T.IntegerType(),
    "int64": T.LongType(),
    "float64": T.DoubleType(),
}


Prepare = Callable[[Sequence[np.ndarray]], list[np.ndarray]]


def predict_frame(
    frame: DataFrame,
    uses: Sequence[Use],
    program: Program,
    columns: Sequence[str],
    batch_size: int,
    prepare: Prepare = list,
) -> DataFrame:
    """The DataFrame with one more column for each output of the step "predict"; nothing runs until it is used.

    Args:
        frame: what to score.
        uses: the columns for each input, with the shape that the input takes.
        program: has a step "predict".
        columns: a name for each output. A row of rank 0 becomes a number, of rank r an array of depth r.
        batch_size: rows scored at once.
        prepare: makes the step's inputs of the columns' arrays.

    Raises:
        ValueError, TypeError: for columns that are missing, of a wrong type, or there already.
    """
    for name in columns:
        if name in frame.columns:
            raise ValueError(
                f"the DataFrame has a column {name!r} already; drop or rename it, or choose another output column"
            )
    fields, expressions = input_columns(frame, uses)
    outputs = program.graphs[STEP].graph.outputs[: len(columns)]
    schema = T.StructType(
        [
            *frame.schema.fields,
            *(
                T.StructField(name, spark_type(output.shape, output.dtype))
                for name, output in zip(columns, outputs, strict=True)
            ),
        ]
    )
    shipped = ship(program, application_of(frame))
    task = _frame_task(shipped, fields, len(frame.columns), schema, batch_size, prepare)
    return frame.select("*", *expressions).mapInArrow(task, schema)


def predict_rdd(
    rdd: RDD, split: Split, fields: Sequence[Field], program: Program, batch_size: int
) -> RDD:
    """An RDD with the prediction for each record, in order; nothing runs until it is used.

    Args:
        rdd: the records.
        split: turns one into a value a field.
        fields: shape and dtype of each input.
        program: has a step "predict". With several outputs a prediction is a tuple.
        batch_size: rows scored at once.
    """
    shipped = ship(program, application_of(rdd))
    return rdd.mapPartitionsWithIndex(_rdd_task(shipped, split, tuple(fields), batch_size), True)


def spark_type(shape: Sequence[Any], dtype: np.dtype) -> T.DataType:
    """The type of a column whose rows are arrays of `dtype` and of `shape` without its first axis."""
    result: T.DataType = _NUMBERS.get(dtype.name, T.FloatType())
    for _ in shape[1:]:
        result = T.ArrayType(result)
    return result


def _frame_task(
    shipped: ShippedProgram,
    fields: tuple[Field, ...],
    kept: int,
    schema: T.StructType,
    batch_size: int,
    prepare: Prepare,
) -> Callable[[Iterator[Any]], Iterator[Any]]:
    def task(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow

        session = shipped.session()
        for batch, inputs in read_batches(batches, fields):
            outputs = score(session, prepare(inputs), batch_size)
            columns = [batch.column(index) for index in range(kept)]
            columns += [to_arrow(output) for output in outputs]
            yield pyarrow.RecordBatch.from_arrays(columns, schema.names)

    return task


def _rdd_task(
    shipped: ShippedProgram, split: Split, fields: tuple[Field, ...], batch_size: int
) -> Callable[[int, Iterable[Any]], Iterator[Any]]:
    def task(partition: int, records: Iterable[Any]) -> Iterator[Any]:
        session = shipped.session()
        for inputs in record_batches(partition, records, split, fields, batch_size):
            outputs = score(session, inputs, batch_size)
            yield from outputs[0] if len(outputs) == 1 else zip(*outputs, strict=True)

    return task


def score(session: Session, inputs: Sequence[np.ndarray], batch_size: int) -> list[np.ndarray]:
    """The outputs for all rows, `batch_size` rows at a time."""
    rows = len(inputs[0])
    with memory_in_errors():
        parts = [
            session.run(STEP, [array[start : start + batch_size] for array in inputs])
            for start in range(0, max(rows, 1), batch_size)
        ]
        return [np.concatenate(outputs) for outputs in zip(*parts, strict=True)]


def to_arrow(array: np.ndarray) -> Any:
    """An array ``[rows, ...]`` as an Arrow column of numbers or nested lists."""
    import pyarrow

    if array.dtype.name not in _NUMBERS:
        array = array.astype("float32", copy=False)
    column = pyarrow.array(np.ascontiguousarray(array).reshape(-1))
    for depth in range(array.ndim - 1, 0, -1):
        count, size = int(np.prod(array.shape[:depth])), array.shape[depth]
        offsets = pyarrow.array(np.arange(count + 1, dtype=np.int32) * np.int32(size))
        column = pyarrow.ListArray.from_arrays(offsets, column)
    return column
