"""Dividing an epoch into the steps that callbacks see."""

import itertools
import warnings
from collections.abc import Iterator
from typing import Any

from bigdl_keras import config
from bigdl_keras.trainers.data_adapters import DataAdapter


class BatchSteps:
    """The batches of a data source, epoch by epoch.

    Args:
        source: where batches come from.
        steps_per_epoch: batches of an epoch; `None`: until the source ends. With it, an epoch
            begins where the last one stopped, and the source starts over at its end.
        steps_per_execution: batches between two calls of the batch callbacks.
    """

    def __init__(
        self,
        source: DataAdapter,
        steps_per_epoch: int | None = None,
        steps_per_execution: int = 1,
    ) -> None:
        most = config.max_steps_per_epoch()
        if most and (steps_per_epoch is None or most < steps_per_epoch):
            warnings.warn(f"Limiting steps_per_epoch to {most}", stacklevel=2)
            steps_per_epoch = most
        self.source = source
        self._steps_per_epoch = steps_per_epoch
        self._group = steps_per_execution
        self._counted: int | None = source.num_batches
        self._current: Iterator[Any] | None = None
        self._passes = 0
        self._seen = 0

    @property
    def num_batches(self) -> int | None:
        """Batches of an epoch as far as known."""
        return self._steps_per_epoch or self._counted

    def epoch(self) -> Iterator[tuple[int, int, list[Any]]]:
        """`(first step, last step, batches)` of every group of the next epoch."""
        self.source.on_epoch_begin()
        group: list[Any] = []
        step = 0
        for batch in self._batches():
            group.append(batch)
            step += 1
            if len(group) == self._group:
                yield step - len(group), step - 1, group
                group = []
        if group:
            yield step - len(group), step - 1, group
        if self._counted is None and self._steps_per_epoch is None:
            self._counted = step
        self.source.on_epoch_end()

    def _batches(self) -> Iterator[Any]:
        if self._steps_per_epoch is None:
            yield from self._next_pass()
            return
        if self._current is None:
            self._current, self._seen = self._next_pass(), 0
        taken = 0
        for batch in itertools.islice(self._current, self._steps_per_epoch):
            yield batch
            taken += 1
        self._seen += taken
        if taken < self._steps_per_epoch:
            warnings.warn(
                f"The data ended after {taken} of {self._steps_per_epoch} steps of the epoch: give "
                "data for `steps_per_epoch * epochs` batches, or leave out `steps_per_epoch`.",
                stacklevel=4,
            )
        if taken < self._steps_per_epoch or self._seen == self.source.num_batches:
            self._current = None

    def _next_pass(self) -> Iterator[Any]:
        iterator = self.source.epoch(self._passes)
        self._passes += 1
        return iterator
