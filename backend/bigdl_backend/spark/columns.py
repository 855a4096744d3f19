"""DataFrame columns as model inputs: which, of what type and shape, checked before any training starts."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

_NUMBERS = (T.NumericType, T.BooleanType)
_SPARK_TYPES = {
    "float64": "double",
    "int32": "int",
    "int64": "bigint",
    "bool": "boolean",
    "object": "string",
}


@dataclass(frozen=True)
class Use:
    """What a model wants of the data.

    Attributes:
        argument: which argument of fit, evaluate or predict named the columns, for messages.
        columns: the columns; several scalar ones are stacked into one vector.
        dtype: what the model computes with, "object" for text; None keeps the column's own.
        shape: a row's shape; None when the model takes what comes.
        classes: values must be whole numbers from 0 to classes - 1; None when any number will do.
    """

    argument: str
    columns: tuple[str, ...]
    dtype: str | None = None
    shape: tuple[int, ...] | None = None
    classes: int | None = None

    @property
    def label(self) -> str:
        """The columns as a message names them."""
        if len(self.columns) == 1:
            return f"{self.argument}: the column {self.columns[0]!r}"
        return f"{self.argument}: the columns {list(self.columns)}"


@dataclass(frozen=True)
class Field:
    """One batch array as it travels to the workers: a row is `shape` of `dtype`, sent as the Spark type `sent_as`."""

    alias: str
    shape: tuple[int, ...]
    dtype: str
    sent_as: str

    @property
    def row_bytes(self) -> int:
        """Bytes of one row in memory."""
        return prod(self.shape) * np.dtype(self.dtype).itemsize


@dataclass(frozen=True)
class Checked:
    """A DataFrame's columns made ready: what to select, what comes of it, and how many rows there are."""

    fields: tuple[Field, ...]
    expressions: tuple[SparkColumn, ...]
    rows: int


def check_columns(frame: DataFrame, uses: Sequence[Use]) -> Checked:
    """Check types and names by the schema, then nulls, lengths and label range by one aggregate job.

    Raises:
        ValueError, TypeError: naming the argument, the column, what was expected and found, and what to do.
    """
    prepared = []
    for number, use in enumerate(uses):
        _check_names(frame, use)
        prepared.append(_prepare(frame, use, f"c{number}"))
    found = _measure(frame, prepared)
    rows = found["rows"]
    if not rows:
        raise ValueError("the DataFrame has no rows: there is nothing to compute on")
    fields = tuple(_settle(item, found) for item in prepared)
    return Checked(fields, tuple(item.expression for item in prepared), rows)


def input_columns(
    frame: DataFrame, uses: Sequence[Use]
) -> tuple[tuple[Field, ...], tuple[SparkColumn, ...]]:
    """Columns with a known shape, checked by the schema alone: nothing runs. Their aliases meet no user's column."""
    prepared = []
    for number, use in enumerate(uses):
        _check_names(frame, use)
        prepared.append(_prepare(frame, use, f"__bigdl_keras_{number}"))
    fields = tuple(
        Field(item.alias, item.use.shape or (), item.dtype, item.sent_as) for item in prepared
    )
    return fields, tuple(item.expression for item in prepared)


@dataclass(frozen=True)
class _Prepared:
    use: Use
    alias: str
    expression: SparkColumn
    depth: int
    dtype: str
    sent_as: str
    whole: bool


def _check_names(frame: DataFrame, use: Use) -> None:
    if not use.columns:
        raise ValueError(f"{use.argument} names no column; the DataFrame has {frame.columns}")
    for name in use.columns:
        if name not in frame.columns:
            close = difflib.get_close_matches(name, frame.columns, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"it has {frame.columns}"
            raise ValueError(f"{use.argument}: the DataFrame has no column {name!r}; {hint}")


def _prepare(frame: DataFrame, use: Use, alias: str) -> _Prepared:
    quoted = [F.col("`" + name.replace("`", "``") + "`") for name in use.columns]
    text = use.dtype == "object"
    kinds = [_kind(frame.schema[name].dataType, use.argument, name, text) for name in use.columns]
    natural = np.result_type(*(kind.dtype for kind in kinds)).name
    dtype = use.dtype or natural
    leaf = _SPARK_TYPES.get(dtype, "float")
    if len(quoted) == 1:
        depth = kinds[0].depth
        expression = quoted[0]
        if kinds[0].vector:
            from pyspark.ml.functions import vector_to_array

            exact = "float64" if leaf == "double" else "float32"
            expression = vector_to_array(expression, exact)
    else:
        nested = [name for name, kind in zip(use.columns, kinds, strict=True) if kind.depth]
        if nested:
            raise TypeError(
                f"{use.argument}: several columns become one input only when each holds one number, but {nested} "
                "hold arrays. Give one column an input, or join them with VectorAssembler or concat()."
            )
        depth = 1
        expression = F.array(*(column.cast(leaf) for column in quoted))
    sent_as = "array<" * depth + leaf + ">" * depth
    whole = all(np.dtype(kind.dtype).kind in "iub" for kind in kinds)
    return _Prepared(
        use, alias, expression.cast(sent_as).alias(alias), depth, dtype, sent_as, whole
    )


@dataclass(frozen=True)
class _Kind:
    depth: int
    dtype: str
    vector: bool = False


def _kind(spark_type: T.DataType, argument: str, name: str, text: bool = False) -> _Kind:
    """What a column holds; `text` when the model wants text of it."""
    depth, leaf = 0, spark_type
    while isinstance(leaf, T.ArrayType):
        depth, leaf = depth + 1, leaf.elementType
    if text:
        if isinstance(leaf, T.StringType):
            return _Kind(depth, "object")
        raise TypeError(
            f"{argument}: the column {name!r} is of type {spark_type.simpleString()}, and the model takes "
            "text there; use another column, or turn it into text with cast('string')"
        )
    if type(leaf).__name__ == "VectorUDT" and depth == 0:
        return _Kind(1, "float32", vector=True)
    if isinstance(leaf, _NUMBERS):
        return _Kind(depth, _NATURAL.get(type(leaf).__name__, "float32"))
    mend = "use a column of numbers, of arrays of numbers, or a vector"
    if isinstance(leaf, T.StringType):
        mend = (
            "turn text into numbers first, for example with StringIndexer or cast('float'), or let the model "
            "do it: Input(dtype='string') with StringLookup, TextVectorization or Hashing"
        )
    elif isinstance(leaf, T.BinaryType):
        mend = "decode the bytes into an array column first"
    raise TypeError(
        f"{argument}: the column {name!r} is of type {spark_type.simpleString()}; {mend}"
    )


_NATURAL = {
    "BooleanType": "bool",
    "ByteType": "int32",
    "ShortType": "int32",
    "IntegerType": "int32",
    "LongType": "int64",
}


def _measure(frame: DataFrame, prepared: Sequence[_Prepared]) -> dict[str, Any]:
    wanted = [F.count(F.lit(1)).alias("rows")]
    for item in prepared:
        column = F.col(item.alias)
        levels = _levels(column, item.depth)
        missing = column.isNull()
        for depth, level in enumerate(levels):
            missing = missing | F.exists(level, lambda part: part.isNull())
            if depth == 0:
                low = high = F.size(level)
            else:
                sizes = F.transform(levels[depth - 1], F.size)
                low, high = F.array_min(sizes), F.array_max(sizes)
            wanted.append(F.min(low).alias(f"{item.alias}_min{depth}"))
            wanted.append(F.max(high).alias(f"{item.alias}_max{depth}"))
        wanted.append(F.sum(missing.cast("long")).alias(f"{item.alias}_nulls"))
        if item.use.classes is not None:
            low = high = column
            if levels:
                low, high = F.array_min(levels[-1]), F.array_max(levels[-1])
            wanted.append(F.min(low).alias(f"{item.alias}_low"))
            wanted.append(F.max(high).alias(f"{item.alias}_high"))
    selected = frame.select(*(item.expression for item in prepared))
    return selected.agg(*wanted).collect()[0].asDict()


def _levels(column: SparkColumn, depth: int) -> list[SparkColumn]:
    """The array itself, then all arrays inside it joined, and so on down to the numbers' own arrays."""
    levels = [column][:depth]
    for _ in range(depth - 1):
        levels.append(F.flatten(levels[-1]))
    return levels


def _settle(item: _Prepared, found: dict[str, Any]) -> Field:
    use, alias = item.use, item.alias
    nulls = found[f"{alias}_nulls"]
    if nulls:
        raise ValueError(
            f"{use.label} has {nulls} {'row' if nulls == 1 else 'rows'} with nulls; "
            "fill them with df.fillna(...) or drop them with df.dropna(...)"
        )
    shape = []
    for depth in range(item.depth):
        low, high = found[f"{alias}_min{depth}"], found[f"{alias}_max{depth}"]
        if low != high:
            wanted = f"; the model expects {list(use.shape)}" if use.shape else ""
            raise ValueError(
                f"{use.label} holds arrays of {low} to {high} elements{wanted}. "
                "Pad or cut them to one length, for example with slice() and concat()."
            )
        shape.append(int(low))
    settled = _fit_shape(use, tuple(shape))
    if use.classes is not None:
        _check_classes(use, found[f"{alias}_low"], found[f"{alias}_high"])
    return Field(alias, settled, item.dtype, item.sent_as)


def _fit_shape(use: Use, shape: tuple[int, ...]) -> tuple[int, ...]:
    if use.shape is None or use.shape == shape:
        return shape
    if prod(use.shape) == prod(shape):
        return use.shape
    got = f"{list(shape)}" if shape else "one number"
    raise ValueError(
        f"{use.label} gives {got} a row ({prod(shape)} elements), but the model expects "
        f"{list(use.shape)} ({prod(use.shape)} elements)"
    )


def _check_classes(use: Use, low: Any, high: Any) -> None:
    assert use.classes is not None
    if low < 0 or high >= use.classes:
        raise ValueError(
            f"{use.label} has class numbers from {low:g} to {high:g}, but the model has {use.classes} outputs: "
            f"they must lie in 0 to {use.classes - 1}. Renumber the labels or widen the last layer."
        )
