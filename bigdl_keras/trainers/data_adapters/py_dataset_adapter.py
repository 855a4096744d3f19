"""Batches from a `PyDataset`, made by threads or processes."""

import itertools
import multiprocessing
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import numpy as np

from bigdl_keras import random
from bigdl_keras.trainers.data_adapters.data_adapter import DataAdapter
from bigdl_keras.trainers.data_adapters.iterator_adapter import Batch, standardize
from bigdl_keras.utils.py_dataset import PyDataset


class PyDatasetAdapter(DataAdapter):
    """The batches of a `PyDataset` in order, or in a new random order every epoch.

    Args:
        dataset: the batches; its `workers` make up to `max_queue_size` of them ahead.
        shuffle: whether the order of batches is random.
        class_weight: weights by class number.
    """

    def __init__(self, dataset: PyDataset, shuffle: bool | str, class_weight: Any = None) -> None:
        self._dataset = dataset
        self._shuffle = bool(shuffle)
        self._class_weight = class_weight
        self._seed = random.make_default_seed() if shuffle else 0
        self.num_batches = dataset.num_batches

    def epoch(self, epoch: int) -> Iterator[Batch]:
        for data in self._made(self._indices(epoch)):
            yield standardize(data, self._class_weight)

    def peek(self) -> Batch:
        return standardize(self._dataset[0], self._class_weight)

    def on_epoch_begin(self) -> None:
        self._dataset.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self._dataset.on_epoch_end()

    def _indices(self, epoch: int) -> Iterator[int]:
        count = self._dataset.num_batches
        if count is None:
            return itertools.count()
        order = np.arange(count)
        if self._shuffle:
            np.random.default_rng([self._seed, epoch]).shuffle(order)
        return iter(order.tolist())

    def _made(self, indices: Iterator[int]) -> Iterator[Any]:
        dataset = self._dataset
        if dataset.workers < 2 and not dataset.use_multiprocessing:
            yield from map(dataset.__getitem__, indices)
            return
        with self._executor() as executor:
            waiting: deque[Future[Any]] = deque()
            for index in indices:
                waiting.append(executor.submit(dataset.__getitem__, index))
                if len(waiting) >= max(dataset.max_queue_size, 1):
                    yield _result(waiting)
            while waiting:
                yield _result(waiting)

    def _executor(self) -> Executor:
        workers = max(self._dataset.workers, 1)
        if self._dataset.use_multiprocessing:
            # A forked child would inherit the locks of our threads.
            context = multiprocessing.get_context("spawn")
            return ProcessPoolExecutor(workers, mp_context=context)
        return ThreadPoolExecutor(workers)


def _result(waiting: deque[Future[Any]]) -> Any:
    try:
        return waiting.popleft().result()
    except BrokenProcessPool as error:
        raise RuntimeError(
            "A worker process of the PyDataset ended before it made its batch. Processes import the "
            "script anew: keep what it runs under `if __name__ == '__main__':`, define the dataset "
            "in a module, or set `use_multiprocessing=False` for threads."
        ) from error
