"""What a column of a DataFrame holds, as its Spark type says."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

_NUMBERS = (T.NumericType, T.BooleanType)
_IMAGE = {"height", "width", "nChannels", "mode", "data"}
_TIMES = ("date", "timestamp", "interval")

# Whole numbers as they are; fractions, decimals among them, as float32, which is what models compute with.
_NATURAL = {
    "BooleanType": "bool",
    "ByteType": "int32",
    "ShortType": "int32",
    "IntegerType": "int32",
    "LongType": "int64",
}


@dataclass(frozen=True)
class Kind:
    """What the rows of a column are.

    Attributes:
        dtype: NumPy's name for their values.
        depth: how many axes a row has.
        packing: "list" for numbers and nested arrays of them, "vector" of Spark ML, "binary" for raw bytes, "image" for
            the struct that Spark's image source makes.
    """

    dtype: str
    depth: int = 0
    packing: str = "list"


def find_column(frame: DataFrame, argument: str, name: str) -> tuple[SparkColumn, T.DataType]:
    """A column, or by "column.field" a field of a struct, with its type.

    Raises:
        ValueError: naming `argument` and what there is instead.
    """
    if name in frame.columns:
        return F.col(_quoted(name)), frame.schema[name].dataType
    parts = name.split(".")
    for count in range(len(parts) - 1, 0, -1):
        column = ".".join(parts[:count])
        if column in frame.columns:
            return _find_field(frame, argument, column, parts[count:])
    hint = _closest(name, frame.columns)
    raise ValueError(f"{argument}: the DataFrame has no column {name!r}; {hint}")


def kind_of(spark_type: T.DataType, argument: str, name: str, text: bool = False) -> Kind:
    """The kind of a column of this type; `text` when the model wants text of it.

    Raises:
        TypeError: naming `argument`, the column, and what to do.
    """
    depth, leaf = 0, spark_type
    while isinstance(leaf, T.ArrayType):
        depth, leaf = depth + 1, leaf.elementType
    if text:
        if isinstance(leaf, T.StringType):
            return Kind("object", depth)
        raise TypeError(
            f"{argument}: the column {name!r} is of type {spark_type.simpleString()}, and the model takes "
            "text there; use another column, or turn it into text with cast('string')"
        )
    if isinstance(leaf, _NUMBERS):
        return Kind(_NATURAL.get(type(leaf).__name__, "float32"), depth)
    if depth == 0:
        if type(leaf).__name__ == "VectorUDT":
            return Kind("float32", 1, "vector")
        if isinstance(leaf, T.BinaryType):
            return Kind("uint8", 1, "binary")
        if isinstance(leaf, T.StructType) and set(leaf.fieldNames()) >= _IMAGE:
            return Kind("uint8", 3, "image")
    raise TypeError(
        f"{argument}: the column {name!r} is of type {spark_type.simpleString()}; {_mend(leaf, name)}"
    )


def _mend(leaf: T.DataType, name: str) -> str:
    if isinstance(leaf, T.StringType):
        return (
            "turn text into numbers first, for example with StringIndexer or cast('float'), or let the model "
            "do it: Input(dtype='string') with StringLookup, TextVectorization or Hashing"
        )
    if leaf.simpleString().startswith(_TIMES):
        return (
            "models compute with numbers: take those that matter, for example with unix_timestamp(), datediff() or "
            "dayofweek(), and scale them"
        )
    if isinstance(leaf, T.StructType):
        fields = [f"{name}.{field}" for field in leaf.fieldNames()]
        return f"name the fields of the struct that the model takes, of {fields}"
    return "use a column of numbers, of arrays of numbers, of bytes, an image or a vector"


def _find_field(
    frame: DataFrame, argument: str, column: str, fields: list[str]
) -> tuple[SparkColumn, T.DataType]:
    found, kind, seen = F.col(_quoted(column)), frame.schema[column].dataType, column
    for field in fields:
        if not isinstance(kind, T.StructType):
            raise ValueError(
                f"{argument}: {seen!r} is of type {kind.simpleString()}, not a struct with a field {field!r}"
            )
        if field not in kind.fieldNames():
            hint = _closest(field, kind.fieldNames())
            raise ValueError(f"{argument}: the struct {seen!r} has no field {field!r}; {hint}")
        found, kind, seen = found.getField(field), kind[field].dataType, f"{seen}.{field}"
    return found, kind


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _closest(name: str, names: list[str]) -> str:
    close = difflib.get_close_matches(name, names, 1)
    return f"did you mean {close[0]!r}?" if close else f"it has {names}"
