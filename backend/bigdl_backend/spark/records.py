"""RDDs of (x, y) records as model inputs, checked before any training starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from pyspark import RDD

from bigdl_backend.spark.columns import Field

Split = Callable[[Any], Sequence[Any]]


class RecordParts:
    """Turns a record into its arrays: the leaves of x, then of y, then of the weight.

    Args:
        parts: how many things a record is made of: 1 for x alone, 2 for (x, y), 3 for (x, y, weight).
    """

    def __init__(self, parts: int):
        self._parts = parts

    def __call__(self, record: Any) -> list[Any]:
        """The arrays of one record; ValueError when it has another number of parts."""
        if self._parts == 1:
            return _leaves(record)
        if not isinstance(record, tuple | list) or len(record) != self._parts:
            wanted = ("x", "(x, y)", "(x, y, sample_weight)")[self._parts - 1]
            raise ValueError(f"a record should be {wanted}, got {_describe(record)}")
        return [leaf for part in record for leaf in _leaves(part)]


def check_records(
    rdd: RDD, split: Split, names: Sequence[str], dtypes: Sequence[str | None]
) -> tuple[tuple[Field, ...], int]:
    """Look at every record once, in one Spark job.

    Args:
        rdd: the records.
        split: turns one into arrays.
        names: what each array is, for messages.
        dtypes: what the model computes with; None keeps the data's own.

    Returns:
        A field for each array, and the number of records.

    Raises:
        ValueError: no records, another number of arrays, unequal shapes, no numbers.
    """
    parts = rdd.mapPartitions(_Survey(split)).collect()
    problems = [problem for _, _, problem in parts if problem]
    if problems:
        raise ValueError(f"the RDD holds a record that cannot be used: {problems[0]}")
    rows = sum(count for count, _, _ in parts)
    if not rows:
        raise ValueError("the RDD has no records: there is nothing to compute on")
    found: set[tuple[Any, ...]] = set().union(*(kinds for _, kinds, _ in parts))
    lengths = {len(kinds) for kinds in found}
    if lengths != {len(names)}:
        raise ValueError(
            f"records hold {sorted(lengths)} arrays, the model wants {len(names)}: {', '.join(names)}"
        )
    fields = []
    for index, (name, wanted) in enumerate(zip(names, dtypes, strict=True)):
        shapes = {kinds[index][0] for kinds in found}
        if len(shapes) > 1:
            raise ValueError(
                f"{name} has rows of different shapes, {sorted(shapes)[:4]}: pad or cut them to one shape"
            )
        natural = np.result_type(*(kinds[index][1] for kinds in found))
        dtype = wanted or ("float32" if natural.kind == "f" else natural.name)
        fields.append(Field(f"c{index}", shapes.pop(), dtype, ""))
    return tuple(fields), rows


class _Survey:
    def __init__(self, split: Split):
        self._split = split

    def __call__(self, records: Iterable[Any]) -> Iterator[tuple[int, set[Any], str]]:
        count, kinds = 0, set[tuple[Any, ...]]()
        for record in records:
            count += 1
            try:
                arrays = [np.asarray(leaf) for leaf in self._split(record)]
            except ValueError as error:
                yield count, kinds, str(error)
                return
            for array in arrays:
                if array.dtype.kind not in "fiub":
                    yield count, kinds, f"{_describe(record)} has values of dtype {array.dtype}"
                    return
            kinds.add(tuple((array.shape, array.dtype.name) for array in arrays))
        yield count, kinds, ""


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for key in sorted(value) for leaf in _leaves(value[key])]
    # A list of plain numbers is one row; a list of arrays is one row of each of several inputs.
    if isinstance(value, list | tuple) and value and all(hasattr(v, "shape") for v in value):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value.toArray() if hasattr(value, "toArray") else value]


def _describe(record: Any) -> str:
    text = repr(record)
    return f"a {type(record).__name__}: {text if len(text) < 100 else text[:97] + '...'}"
