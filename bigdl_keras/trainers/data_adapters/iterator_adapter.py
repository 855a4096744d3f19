"""Batches from generators and from datasets of other libraries."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from typing import Any

from bigdl_backend.local.prefetch import prefetch
from bigdl_keras.trainers.data_adapters.arrays import as_arrays
from bigdl_keras.trainers.data_adapters.data_adapter import DataAdapter
from bigdl_keras.trainers.data_adapters.unpack import unpack_x_y_sample_weight
from bigdl_keras.trainers.data_adapters.weights import with_class_weight

Batch = tuple[Any, Any, Any]


def standardize(data: Any, class_weight: Mapping[int, float] | None = None) -> Batch:
    """A user's batch as three structures of arrays."""
    x, y, sample_weight = (as_arrays(part) for part in unpack_x_y_sample_weight(data))
    return x, y, with_class_weight(y, sample_weight, class_weight)


class GeneratorAdapter(DataAdapter):
    """Batches of a generator, which is gone through once, over all epochs.

    Nothing is read ahead: what training does not use stays in the generator.
    """

    def __init__(self, generator: Iterator[Any], class_weight: Any = None) -> None:
        self._batches: Iterator[Batch] = (standardize(data, class_weight) for data in generator)

    def epoch(self, epoch: int) -> Iterator[Batch]:
        return self._batches

    def peek(self) -> Batch:
        for first in self._batches:
            self._batches = itertools.chain([first], self._batches)
            return first
        raise ValueError("The generator given as data yields nothing.")


def _length(dataset: Any) -> int | None:
    """The number of batches, `None` where the dataset does not know it."""
    if not isinstance(dataset, Sized):
        return None
    try:
        return len(dataset)
    except TypeError:  # endless `tf.data` datasets, loaders of iterable torch datasets
        return None


class IterableAdapter(DataAdapter):
    """Batches of an object that can be iterated anew for every epoch.

    Args:
        dataset: `DataLoader`s, `tf.data` datasets, or any class with `__iter__` (and `__len__`
            where the number of batches is known).
        class_weight: weights by class number.
    """

    def __init__(self, dataset: Iterable[Any], class_weight: Any = None) -> None:
        read: Callable[[], Iterable[Any]] | None = getattr(dataset, "as_numpy_iterator", None)
        self._read: Callable[[], Iterable[Any]] = read or dataset.__iter__
        self._class_weight = class_weight
        self.num_batches = _length(dataset)

    def epoch(self, epoch: int) -> Iterator[Batch]:
        for data in prefetch(self._read()):
            yield standardize(data, self._class_weight)
