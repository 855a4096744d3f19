"""Columns of text: turned into the numbers that a model computes with, where the rows are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pyspark.sql import functions as F

from bigdl_backend.spark.arrow_rows import read_batches
from bigdl_backend.spark.columns import Field
from bigdl_backend.spark.predict import spark_type, to_arrow
from bigdl_backend.spark.training import FrameSource, Source
from bigdl_keras.core.host_stage import HostStage
from bigdl_keras.trainers.step import TracedStep


def without_text(source: Source, step: TracedStep) -> Source:
    """What a step takes, from columns with text among them; nothing runs until it is read.

    Args:
        source: the columns for a batch of the model.
        step: the step, traced for such batches.

    Raises:
        ValueError: the size of a row of numbers depends on the text.
    """
    if step.host.fed is None or not isinstance(source, FrameSource):
        return source
    fields = []
    for number, tensor in enumerate(step.graph.batch_tensors):
        shape = tuple(size for size in tensor.shape[1:] if isinstance(size, int))
        if len(shape) < tensor.ndim - 1:
            raise ValueError(
                f"The rows of {tensor.name!r} are of different lengths, as long as their text: on Spark give "
                "the layer a fixed length, for example TextVectorization(output_sequence_length=...)."
            )
        sent_as = spark_type(tensor.shape, tensor.dtype)
        fields.append(Field(f"c{number}", shape, tensor.dtype.name, sent_as.simpleString()))
    task = _task(step.host, source.fields, fields)
    schema = ", ".join(f"{field.alias} {field.sent_as}" for field in fields)
    frame = source.frame.select(*source.expressions).mapInArrow(task, schema)
    return FrameSource(
        frame, tuple(F.col(field.alias) for field in fields), tuple(fields), source.rows
    )


def _task(
    host: HostStage, given: Sequence[Field], made: Sequence[Field]
) -> Callable[[Iterator[Any]], Iterator[Any]]:
    def task(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow

        for _, arrays in read_batches(batches, given):
            columns = [to_arrow(array) for array in host.run(arrays)]
            yield pyarrow.RecordBatch.from_arrays(columns, [field.alias for field in made])

    return task


def refuse_text(inputs: Sequence[Any]) -> None:
    """Raise `ValueError` for models of text, whose data must be DataFrames."""
    named = [tensor.name for tensor in inputs if tensor.dtype == "string"]
    if named:
        raise ValueError(
            f"The inputs {named} of the model take text, which is read from DataFrames, not from RDDs: "
            "make one with spark.createDataFrame(rdd, columns) and name its columns in `feature_cols`."
        )
