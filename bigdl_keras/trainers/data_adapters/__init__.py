"""From everything that may be given to `fit` as data to batches of NumPy arrays."""

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from bigdl_keras.trainers.data_adapters.array_adapter import ArrayAdapter
from bigdl_keras.trainers.data_adapters.data_adapter import DataAdapter
from bigdl_keras.trainers.data_adapters.iterator_adapter import GeneratorAdapter, IterableAdapter
from bigdl_keras.trainers.data_adapters.kinds import brings_batches
from bigdl_keras.trainers.data_adapters.py_dataset_adapter import PyDatasetAdapter
from bigdl_keras.utils.py_dataset import PyDataset


def get_data_adapter(
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    batch_size: int | None = None,
    shuffle: bool | str = False,
    class_weight: Mapping[int, float] | None = None,
    steps: int | None = None,
) -> DataAdapter:
    """The adapter for what is given as `x`.

    Without `batch_size`, `steps` (batches of an epoch) divide arrays into batches of equal size.

    Raises:
        ValueError: `y` or `sample_weight` is given with a source that brings its own, or `x` is
            `None`.
    """
    if x is None:
        raise ValueError("`x` is None: give arrays, a PyDataset, a generator or a Spark DataFrame.")
    if not brings_batches(x):
        return ArrayAdapter(x, y, sample_weight, batch_size, shuffle, class_weight, steps)
    for name, value in {"y": y, "sample_weight": sample_weight}.items():
        if value is not None:
            raise ValueError(
                f"`{name}` must not be given when `x` is a {type(x).__name__}, "
                "which yields (x, y) or (x, y, sample_weight) itself."
            )
    if batch_size is not None:
        warnings.warn(
            f"`batch_size` has no effect when `x` is a {type(x).__name__}, which makes its own "
            "batches.",
            stacklevel=3,
        )
    if isinstance(x, PyDataset):
        return PyDatasetAdapter(x, shuffle, class_weight)
    if isinstance(x, Iterator):
        return GeneratorAdapter(x, class_weight)
    return IterableAdapter(x, class_weight)
