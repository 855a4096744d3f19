"""DataFrame columns as model inputs: which, of what type and shape, checked before any training starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from bigdl_backend.spark.column_types import find_column, kind_of
from bigdl_backend.spark.failures import cause_first

# The narrowest type of Spark that has all values of a dtype; "float" for the others.
_SPARK_TYPES = {
    "float64": "double",
    "int8": "tinyint",
    "uint8": "smallint",
    "int16": "smallint",
    "uint16": "int",
    "int32": "int",
    "uint32": "bigint",
    "int64": "bigint",
    "uint64": "bigint",
    "bool": "boolean",
    "object": "string",
}
# Values that columns hardly hold, by Spark's types.
_RARE: dict[str, Any] = {
    "float": -1.2345e-30,
    "double": -1.2345e-30,
    "int": -1_234_567_891,
    "bigint": -1_234_567_891_234_567,
    "string": "\v",
}
# Modes of OpenCV for 8 bits a channel and 1, 3 or 4 channels.
_IMAGE_MODES = (0, 16, 24)
_IMAGE_SIZES = ("height", "width", "nChannels")


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
    """One batch array as it travels to the workers.

    Attributes:
        alias: its column on the way.
        shape: of a row.
        dtype: what the model computes with.
        sent_as: the Spark type on the way; "binary" means one byte a value.
        label: what it is, for messages.
        bgr: whether the last axis is blue, green, red on the way, as in Spark's images; arrays have red, green, blue.
    """

    alias: str
    shape: tuple[int, ...]
    dtype: str
    sent_as: str
    label: str = ""
    bgr: bool = False

    @property
    def stored(self) -> str:
        """The dtype in which workers keep the rows: bytes stay bytes until a batch is made of them."""
        return "uint8" if self.sent_as == "binary" else self.dtype

    @property
    def row_bytes(self) -> int:
        """Bytes of one row in memory."""
        return prod(self.shape) * np.dtype(self.stored).itemsize


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
    prepared = [_prepare(frame, use, f"__bigdl_keras_{number}") for number, use in enumerate(uses)]
    fields = tuple(_field(item, item.use.shape or ()) for item in prepared)
    return fields, tuple(_of_its_size(item) for item in prepared)


@dataclass(frozen=True)
class _Prepared:
    """`sizes` are columns with the sizes of a row that `expression` does not tell; `depth` counts nested arrays."""

    use: Use
    alias: str
    expression: SparkColumn
    depth: int
    dtype: str
    sent_as: str
    sizes: tuple[SparkColumn, ...] = ()
    image: SparkColumn | None = None

    @property
    def axes(self) -> int:
        return self.depth or len(self.sizes)


def _prepare(frame: DataFrame, use: Use, alias: str) -> _Prepared:
    if not use.columns:
        raise ValueError(f"{use.argument} names no column; the DataFrame has {frame.columns}")
    found = [find_column(frame, use.argument, name) for name in use.columns]
    text = use.dtype == "object"
    kinds = [
        kind_of(spark_type, use.argument, name, text)
        for name, (_, spark_type) in zip(use.columns, found, strict=True)
    ]
    natural = np.result_type(*(kind.dtype for kind in kinds))
    dtype = use.dtype or ("float32" if natural.kind == "f" else natural.name)
    leaf = _SPARK_TYPES.get(dtype, "float")
    if len(found) > 1:
        nested = [name for name, kind in zip(use.columns, kinds, strict=True) if kind.depth]
        if nested:
            raise TypeError(
                f"{use.argument}: several columns become one input only when each holds one number, but {nested} "
                "hold arrays. Give one column an input, or join them with VectorAssembler or concat()."
            )
        expression, depth = F.array(*(column.cast(leaf) for column, _ in found)), 1
    else:
        expression, depth = found[0][0], kinds[0].depth
    packing = kinds[0].packing
    if packing == "image":
        sizes = tuple(expression.getField(name) for name in _IMAGE_SIZES)
        content = expression.getField("data").alias(alias)
        return _Prepared(use, alias, content, 0, dtype, "binary", sizes, expression)
    if packing == "binary":
        sizes = (F.length(expression),)
        return _Prepared(use, alias, expression.alias(alias), 0, dtype, "binary", sizes)
    if packing == "vector":
        from pyspark.ml.functions import vector_to_array

        exact = "float64" if leaf == "double" else "float32"
        expression = vector_to_array(expression, exact)
    sent_as = "array<" * depth + leaf + ">" * depth
    return _Prepared(use, alias, expression.cast(sent_as).alias(alias), depth, dtype, sent_as)


def _field(item: _Prepared, shape: tuple[int, ...]) -> Field:
    bgr = item.image is not None and len(shape) == 3
    return Field(item.alias, shape, item.dtype, item.sent_as, item.use.label, bgr)


def _of_its_size(item: _Prepared) -> SparkColumn:
    """What is sent; images of another size than the model's are refused, for their bytes alone do not tell it."""
    shape = item.use.shape
    if item.image is None or shape is None or len(shape) != 3:
        return item.expression
    fits = item.image.getField("mode").isin(*_IMAGE_MODES)
    for size, wanted in zip(item.sizes, shape, strict=True):
        fits = fits if wanted < 0 else fits & (size == wanted)
    content = item.image.getField("data")
    message = F.concat(
        F.lit(f"{item.use.label}: an image of height, width and channels "),
        F.concat_ws(", ", *item.sizes),
        F.lit(" (mode "),
        item.image.getField("mode").cast("string"),
        F.lit(f"), where the model takes {list(shape)} of 8 bits each"),
    )
    return (
        F.when(fits | content.isNull(), content).otherwise(F.raise_error(message)).alias(item.alias)
    )


def _measure(
    frame: DataFrame, prepared: Sequence[_Prepared], exact: bool = False
) -> dict[str, Any]:
    wanted, more = [F.count(F.lit(1)).alias("rows")], list[SparkColumn]()
    holds = {}
    for item in prepared:
        column = F.col(item.alias)
        levels = _levels(column, item.depth)
        missing = column.isNull()
        for axis, size in enumerate(item.sizes):
            more.append(size.alias(f"{item.alias}_size{axis}"))
            wanted.append(F.min(f"{item.alias}_size{axis}").alias(f"{item.alias}_min{axis}"))
            wanted.append(F.max(f"{item.alias}_size{axis}").alias(f"{item.alias}_max{axis}"))
        if item.image is not None:
            strange = ~item.image.getField("mode").isin(*_IMAGE_MODES)
            more.append(strange.cast("long").alias(f"{item.alias}_strange"))
            wanted.append(F.sum(f"{item.alias}_strange").alias(f"{item.alias}_strange"))
        for depth in range(item.depth):
            if depth == 0:
                low = high = F.size(column)
            else:
                sizes = F.transform(levels[depth - 1], F.size)
                low, high = F.array_min(sizes), F.array_max(sizes)
            wanted.append(F.min(low).alias(f"{item.alias}_min{depth}"))
            wanted.append(F.max(high).alias(f"{item.alias}_max{depth}"))
        if levels:
            holds[f"{item.alias}_holds"] = _holds_rare(levels[-1], item.sent_as)
            held = F.col(f"{item.alias}_holds")
            missing = held.isNull()
            if exact:
                missing = missing | held & F.exists(levels[-1], lambda number: number.isNull())
            wanted.append(F.max(held).alias(f"{item.alias}_unsure"))
        wanted.append(F.sum(missing.cast("long")).alias(f"{item.alias}_nulls"))
        if item.use.classes is not None:
            low = high = column
            if levels:
                low, high = F.array_min(levels[-1]), F.array_max(levels[-1])
            wanted.append(F.min(low).alias(f"{item.alias}_low"))
            wanted.append(F.max(high).alias(f"{item.alias}_high"))
    selected = frame.select(*(item.expression for item in prepared), *more)
    with cause_first("looking at the rows"):
        found = selected.withColumns(holds).agg(*wanted).collect()[0].asDict()
    if not exact and any(found.get(f"{item.alias}_unsure") for item in prepared):
        return _measure(frame, prepared, exact=True)
    return found


def _levels(column: SparkColumn, depth: int) -> list[SparkColumn]:
    """The array itself, then all arrays inside it joined, and so on down to the numbers' own arrays."""
    levels = [column][:depth]
    for _ in range(depth - 1):
        levels.append(F.flatten(levels[-1]))
    return levels


def _holds_rare(numbers: SparkColumn, sent_as: str) -> SparkColumn:
    """Null for an array with nulls, or that is one itself; not sure when true, which it hardly ever is.

    Several times as fast as `exists`, with which Spark compiles neither what it calls for each element nor the
    operator around it.
    """
    leaf = sent_as.rpartition("<")[2].rstrip(">")
    if leaf in ("boolean", "tinyint", "smallint"):
        numbers, leaf = numbers.cast("array<int>"), "int"
    return F.array_contains(numbers, F.lit(_RARE[leaf]).cast(leaf))


def _settle(item: _Prepared, found: dict[str, Any]) -> Field:
    use, alias = item.use, item.alias
    nulls = found[f"{alias}_nulls"]
    if nulls:
        raise ValueError(
            f"{use.label} has {nulls} {'row' if nulls == 1 else 'rows'} with nulls; "
            "fill them with df.fillna(...) or drop them with df.dropna(...)"
        )
    if item.image is not None and found[f"{alias}_strange"]:
        raise ValueError(
            f"{use.label} has {found[f'{alias}_strange']} images that could not be read or have not 8 bits a channel; "
            "drop them, for example with the image source's option dropInvalid, or convert them"
        )
    shape = []
    for axis in range(item.axes):
        low, high = found[f"{alias}_min{axis}"], found[f"{alias}_max{axis}"]
        if low != high:
            raise ValueError(f"{use.label} holds {_uneven(item, axis, low, high)}")
        shape.append(int(low))
    settled = _fit_shape(item, tuple(shape))
    if use.classes is not None:
        _check_classes(use, found[f"{alias}_low"], found[f"{alias}_high"])
    return _field(item, settled)


def _uneven(item: _Prepared, axis: int, low: int, high: int) -> str:
    wanted = f"; the model expects {list(item.use.shape)}" if item.use.shape else ""
    if item.image is not None:
        return f"images of {_IMAGE_SIZES[axis]} {low} to {high}{wanted}. Resize them to one size."
    if item.sizes:
        return f"{low} to {high} bytes a row{wanted}. Make them of one length; decode files of images first."
    return (
        f"arrays of {low} to {high} elements{wanted}. "
        "Pad or cut them to one length, for example with slice() and concat()."
    )


def _fit_shape(item: _Prepared, shape: tuple[int, ...]) -> tuple[int, ...]:
    use = item.use
    if use.shape is None or use.shape == shape:
        return shape
    if item.image is not None:
        if (*use.shape, 1) == shape:
            return use.shape
        raise ValueError(
            f"{use.label} holds images of height, width and channels {list(shape)}, but the model expects "
            f"{list(use.shape)}: resize the images, or give the model that Input"
        )
    if prod(use.shape) == prod(shape):
        return use.shape
    got = f"{list(shape)}" if shape else "one number"
    raise ValueError(
        f"{use.label} gives {got} a row ({prod(shape)} {'bytes' if item.sizes else 'elements'}), but the model expects "
        f"{list(use.shape)} ({prod(use.shape)} elements)"
    )


def _check_classes(use: Use, low: Any, high: Any) -> None:
    assert use.classes is not None
    if low < 0 or high >= use.classes:
        raise ValueError(
            f"{use.label} has class numbers from {low:g} to {high:g}, but the model has {use.classes} outputs: "
            f"they must lie in 0 to {use.classes - 1}. Renumber the labels or widen the last layer."
        )
