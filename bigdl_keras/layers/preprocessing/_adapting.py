"""Learning from data: what `adapt()` of preprocessing layers has in common."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from bigdl_keras.layers.preprocessing._texts import as_values
from bigdl_keras.utils.py_dataset import PyDataset

# Rows of a Spark DataFrame or RDD that are taken to the driver at once.
_SPARK_ROWS = 4096


def adapt(layer: Any, data: Any, steps: int | None, lists_are_data: bool = False) -> None:
    """Let a layer with ``reset_state``, ``update_state`` and ``finalize_state`` learn from batches.

    Args:
        layer: the layer.
        data: an array, which is one batch; a `PyDataset`, a generator or any iterable of batches, of
            which `(x, y)` count as x; or a Spark DataFrame of one column, or an RDD.
        steps: at most so many batches; None: all.
        lists_are_data: whether a list is one batch, rather than an iterable of them. A vector then has a
            row for each of its elements.

    Raises:
        TypeError: data of another kind.
    """
    layer.reset_state()
    for batch in itertools.islice(_batches(data, layer.name, lists_are_data), steps):
        layer.update_state(batch)
    layer.finalize_state()


def _batches(data: Any, layer: str, lists_are_data: bool) -> Iterator[Any]:
    if type(data).__module__.startswith("pyspark"):
        return _spark_batches(data, layer)
    if isinstance(data, PyDataset):
        count = data.num_batches
        numbers: Iterable[int] = itertools.count() if count is None else range(count)
        return (_inputs_of(data[number]) for number in numbers)
    if hasattr(data, "as_numpy_iterator"):
        return map(_inputs_of, data.as_numpy_iterator())
    if lists_are_data and (hasattr(data, "__array__") or isinstance(data, (list, tuple))):
        return iter([_rows(as_values(data))])
    if hasattr(data, "__array__"):
        return iter([np.asarray(data)])
    if hasattr(data, "__iter__"):
        return map(_inputs_of, data)
    raise TypeError(
        f"Unsupported data type: {type(data)}. `adapt()` of layer '{layer}' takes an array, a list, "
        "a PyDataset, an iterable of batches, or a Spark DataFrame of one column."
    )


def _rows(values: np.ndarray) -> np.ndarray:
    return values[:, None] if values.ndim == 1 else values


def _inputs_of(batch: Any) -> Any:
    """The inputs of a batch that may come with labels."""
    is_pair = isinstance(batch, tuple) and len(batch) > 1
    return batch[0] if is_pair and hasattr(batch[0], "__array__") else batch


def _spark_batches(data: Any, layer: str) -> Iterator[np.ndarray]:
    columns = getattr(data, "columns", None)
    if columns is not None and len(columns) != 1:
        raise ValueError(
            f"Layer '{layer}' adapts to one column; the DataFrame has {columns}. "
            "Select it: adapt(df.select(column))."
        )
    rows = data.toLocalIterator()
    values = rows if columns is None else (row[0] for row in rows)
    while chunk := list(itertools.islice(values, _SPARK_ROWS)):
        yield _rows(np.asarray(chunk))
