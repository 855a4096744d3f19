"""RDDs of (x, y) records as model inputs, checked before any training starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
from pyspark import RDD

from bigdl_backend.spark.columns import Field
from bigdl_backend.spark.failures import cause_first

Split = Callable[[Any], Sequence[Any]]
Kind = tuple[tuple[tuple[int, ...], str], ...]  # shape and dtype of each array of a record

_KINDS = 16  # of one partition are told apart; more only repeat the same complaint


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


class RecordInputs:
    """Turns a record into the arrays of a model's inputs.

    Args:
        names: of the inputs, in their order, for records that are dicts.
    """

    def __init__(self, names: Sequence[str]):
        self._names = list(names)

    def __call__(self, record: Any) -> list[Any]:
        """The arrays of one record; ValueError when they are not one an input."""
        if isinstance(record, dict):
            if sorted(record) != sorted(self._names):
                raise ValueError(f"it names {sorted(record)}, the model takes {self._names}")
            record = [record[name] for name in self._names]
        elif len(self._names) == 1:
            record = [record]
        leaves = [leaf for part in record for leaf in _leaves(part)]
        if len(leaves) != len(self._names):
            raise ValueError(f"it holds {len(leaves)} arrays, the model takes {self._names}")
        return leaves


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
    with cause_first("looking at the records"):
        parts = rdd.mapPartitionsWithIndex(_Survey(split)).collect()
    problems = [problem for _, _, problem in parts if problem]
    if problems:
        raise ValueError(f"the RDD holds a record that cannot be used: {problems[0]}")
    rows = sum(count for count, _, _ in parts)
    if not rows:
        raise ValueError("the RDD has no records: there is nothing to compute on")
    found: dict[Kind, str] = {}
    for _, kinds, _ in parts:
        found |= {kind: place for kind, place in kinds.items() if kind not in found}
    for kind, place in found.items():
        if len(kind) != len(names):
            raise ValueError(
                f"{place} holds {len(kind)} arrays, the model wants {len(names)}: {', '.join(names)}"
            )
    fields = []
    for index, (name, wanted) in enumerate(zip(names, dtypes, strict=True)):
        places: dict[tuple[int, ...], str] = {}
        for kind, place in found.items():
            places.setdefault(kind[index][0], place)
        if len(places) > 1:
            seen = [f"{list(shape)} in {place}" for shape, place in list(places.items())[:3]]
            raise ValueError(
                f"{name} has rows of different shapes, {', '.join(seen)}: pad or cut them to one shape"
            )
        natural = np.result_type(*(kind[index][1] for kind in found))
        dtype = wanted or ("float32" if natural.kind == "f" else natural.name)
        fields.append(Field(f"c{index}", places.popitem()[0], dtype, "", name))
    return tuple(fields), rows


def record_batches(
    partition: int, records: Iterable[Any], split: Split, fields: Sequence[Field], size: int
) -> Iterator[list[np.ndarray]]:
    """The records of a partition as arrays, an array a field, of at most `size` rows.

    Raises:
        ValueError: naming the record.
    """
    remaining = enumerate(records)
    while chunk := list(islice(remaining, size)):
        rows = [_row(_place(partition, n), record, split, fields) for n, record in chunk]
        yield [np.stack(column) for column in zip(*rows, strict=True)]


def is_several(value: Any) -> bool:
    """Whether a list is a row of each of several inputs; a list of plain numbers is one row."""
    return (
        isinstance(value, list | tuple)
        and bool(value)
        and all(hasattr(item, "shape") and not isinstance(item, np.generic) for item in value)
    )


class _Survey:
    """Counts the records of a partition, and remembers where each kind was first seen."""

    def __init__(self, split: Split):
        self._split = split

    def __call__(
        self, partition: int, records: Iterable[Any]
    ) -> Iterator[tuple[int, dict[Kind, str], str]]:
        count, kinds, problem = 0, dict[Kind, str](), ""
        for record in records:
            place = _place(partition, count)
            try:
                arrays = [np.asarray(leaf) for leaf in self._split(record)]
            except ValueError as error:
                problem = f"{place}: {error}"
                break
            strange = [array.dtype for array in arrays if array.dtype.kind not in "fiub"]
            if strange:
                problem = (
                    f"{place}, {_describe(record)}, has values of dtype {strange[0]}; "
                    "make numbers of them in a function mapped over the RDD before"
                )
                break
            kind = tuple((array.shape, array.dtype.name) for array in arrays)
            if kind not in kinds and len(kinds) < _KINDS:
                kinds[kind] = place
            count += 1
        yield count, kinds, problem


def _place(partition: int, number: int) -> str:
    return f"record {number} of partition {partition}"


def _row(place: str, record: Any, split: Split, fields: Sequence[Field]) -> list[np.ndarray]:
    try:
        return [
            np.asarray(value, field.dtype).reshape(field.shape)
            for value, field in zip(split(record), fields, strict=True)
        ]
    except (ValueError, TypeError) as error:
        raise ValueError(f"{place}, {_describe(record)}: {error}") from error


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for key in sorted(value) for leaf in _leaves(value[key])]
    if is_several(value):
        return [leaf for item in value for leaf in _leaves(item)]
    if isinstance(value, bytes | bytearray):
        return [np.frombuffer(value, np.uint8)]
    return [value.toArray() if hasattr(value, "toArray") else value]


def _describe(record: Any) -> str:
    text = repr(record)
    return f"a {type(record).__name__}: {text if len(text) < 100 else text[:97] + '...'}"
