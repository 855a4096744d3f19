"""Dividing an epoch into the steps that callbacks see."""

import itertools
import warnings
from collections.abc import Callable, Iterator
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

    def restart(self) -> None:
        """Let the next epoch begin with the source's first batch."""
        self._current = None

    def epoch(self, begin: Callable[[int], None]) -> Iterator[tuple[int, list[Any]]]:
        """`(last step, batches)` of every group of the next epoch.

        Args:
            begin: called with a group's first step before its batches are made; the last call has
                no group if nobody knew that the data ends there.
        """
        self.source.on_epoch_begin()
        if self._current is None or self._steps_per_epoch is None:
            self._current, self._seen = self._next_pass(), 0
        most = self.num_batches
        step = 0
        while most is None or step < most:
            if self._seen == self.source.num_batches:
                break
            begin(step)
            size = self._group if most is None else min(self._group, most - step)
            group = list(itertools.islice(self._current, size))
            if not group:
                break
            step += len(group)
            self._seen += len(group)
            yield step - 1, group
        if most is not None and step < most:
            warnings.warn(
                f"The data ended after {step} of {most} steps of the epoch: give data for "
                "`steps_per_epoch * epochs` batches, or leave out `steps_per_epoch`.",
                stacklevel=4,
            )
        if self._counted is None:
            self._counted = step
        if self._seen == self.source.num_batches or most is None or step < most:
            self._current = None
        self.source.on_epoch_end()

    def _next_pass(self) -> Iterator[Any]:
        iterator = self.source.epoch(self._passes)
        self._passes += 1
        return iterator
