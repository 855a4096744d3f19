"""DataFrames and RDDs as what the training engine reads, after all checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyspark import RDD
from pyspark.sql import functions as F

from bigdl_backend.spark.columns import Checked, Field, check_columns
from bigdl_backend.spark.failures import cause_first
from bigdl_backend.spark.records import RecordParts, Split, check_records, is_several
from bigdl_backend.spark.training import FrameSource, RddSource, Source
from bigdl_keras import tree
from bigdl_keras.spark.roles import Columns, column_roles, symbolic_inputs
from bigdl_keras.spark.text import refuse_text
from bigdl_keras.trainers.data_adapters.weights import class_weight_to_sample_weights


@dataclass(frozen=True)
class ModelData:
    """Checked data for a model.

    Attributes:
        source: what the engine reads.
        structure: `(x, y, sample_weight)` with numbers of the source's fields at the leaves.
    """

    source: Source
    structure: tuple[Any, Any, Any]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The arrays of a batch."""
        return self.source.fields

    def example(self) -> tuple[Any, Any, Any]:
        """A batch of one row of zeros."""
        return self.mapped(_blank)

    def mapped(self, function: Any) -> tuple[Any, Any, Any]:
        """The structure with `function(field)` at the leaves."""
        return tree.map_structure(
            lambda leaf: None if leaf is None else function(self.fields[leaf]), self.structure
        )


def _blank(field: Field) -> np.ndarray:
    empty = "" if field.dtype == "object" else 0
    return np.full((1, *field.shape), empty, field.dtype)


def model_data(
    model: Any,
    data: Any,
    feature_cols: Columns,
    label_cols: Columns,
    sample_weight_col: str | None,
    class_weight: Mapping[int, float] | None = None,
) -> ModelData:
    """Check a DataFrame or RDD against a model, by one small Spark job.

    Raises:
        ValueError, TypeError: what is wrong, where, and how to mend it.
    """
    if class_weight is not None and sample_weight_col is not None:
        raise ValueError("Give either `sample_weight_col` or `class_weight`, not both.")
    if isinstance(data, RDD):
        given = {"feature_cols": feature_cols, "label_cols": label_cols}
        named = [name for name, value in given.items() if value is not None]
        if named:
            raise ValueError(
                f"{' and '.join(named)} cannot be given for an RDD: its records are (x, y) already"
            )
        tensors = symbolic_inputs(model)
        refuse_text([] if tensors is None else tree.flatten(tensors))
        return _rdd_data(model, data, class_weight)
    roles = column_roles(model, feature_cols, label_cols, sample_weight_col)
    checked = check_columns(data, roles.uses)
    structure = roles.structure
    if class_weight is not None:
        checked = _with_class_weight(checked, structure[1], class_weight)
        structure = (structure[0], structure[1], len(checked.fields) - 1)
    source = FrameSource(data, checked.expressions, checked.fields, checked.rows)
    return ModelData(source, structure)


def _with_class_weight(checked: Checked, label: Any, class_weight: Mapping[int, float]) -> Checked:
    if tree.is_nested(label) or label is None or checked.fields[label].shape not in ((), (1,)):
        raise ValueError(
            "`class_weight` on a DataFrame needs one label column of class numbers; "
            "for other labels put the weights into a column and name it in `sample_weight_col`"
        )
    pairs = [
        F.lit(value) for item in class_weight.items() for value in (int(item[0]), float(item[1]))
    ]
    number = F.round(checked.expressions[label]).cast("int")
    if checked.fields[label].sent_as.startswith("array"):
        number = F.round(F.element_at(checked.expressions[label], 1)).cast("int")
    field = Field(f"c{len(checked.fields)}", (), "float32", "float")
    weight = F.coalesce(F.element_at(F.create_map(*pairs), number), F.lit(1.0)).cast("float")
    return Checked(
        (*checked.fields, field),
        (*checked.expressions, weight.alias(field.alias)),
        checked.rows,
    )


class _WeighedByClass:
    """`split`, and the weight of the label's class."""

    def __init__(self, split: Split, label: int, class_weight: Mapping[int, float]):
        self._split, self._label, self._class_weight = split, label, dict(class_weight)

    def __call__(self, record: Any) -> Sequence[Any]:
        values = list(self._split(record))
        label = np.asarray(values[self._label])[np.newaxis]
        weight = class_weight_to_sample_weights(label, self._class_weight)
        return [*values, weight.reshape(())]


def _rdd_data(model: Any, rdd: RDD, class_weight: Mapping[int, float] | None) -> ModelData:
    with cause_first("looking at the first record"):
        first = rdd.take(1)
    if not first:
        raise ValueError("the RDD has no records: there is nothing to compute on")
    record = first[0]
    if not isinstance(record, tuple | list) or len(record) not in (2, 3):
        raise ValueError(
            f"records of the RDD should be (x, y) or (x, y, sample_weight), got a {type(record).__name__}"
        )
    split: Split = RecordParts(len(record))
    structure, count = _structure(record)
    tensors = symbolic_inputs(model)
    inputs = len(tree.flatten(structure[0]))
    dtypes: list[str | None] = [None] * count
    if tensors is not None and len(tree.flatten(tensors)) == inputs:
        dtypes[:inputs] = [tensor.dtype for tensor in tree.flatten(tensors)]
    names = [f"{'x' if n < inputs else 'y'} (array {n} of a record)" for n in range(count)]
    if class_weight is not None:
        if tree.is_nested(structure[1]) or structure[2] is not None:
            raise ValueError("`class_weight` needs records (x, y) whose label y is a single array")
        split = _WeighedByClass(split, structure[1], class_weight)
        structure, names = (structure[0], structure[1], count), [*names, "class weight"]
        dtypes.append("float32")
    fields, rows = check_records(rdd, split, names, dtypes)
    return ModelData(RddSource(rdd, split, fields, rows), structure)


def _structure(record: Sequence[Any]) -> tuple[tuple[Any, Any, Any], int]:
    """The record's `(x, y, sample_weight)` with numbers at the leaves, and how many there are."""
    count = 0

    def numbered(value: Any) -> Any:
        nonlocal count
        if isinstance(value, dict):
            return {key: numbered(value[key]) for key in sorted(value)}
        if is_several(value):
            return [numbered(item) for item in value]
        count += 1
        return count - 1

    x, y, *weight = (numbered(part) for part in record)
    return (x, y, weight[0] if weight else None), count
