"""A consistent copy of a worker's state, because a step that fails half-way leaves the state half updated."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

# Copying may take about this part of the time; a lost worker costs at most that many copies' time of repeated steps.
_SHARE = 0.002


class Snapshot:
    """The state as it was before some step; at first as it was when this was made.

    Args:
        state: the arrays to copy.

    Attributes:
        progress: epoch and step of the copy; None while it is no worker's progress but the beginning.
    """

    def __init__(self, state: Mapping[str, np.ndarray]):
        self._state = state
        self._copies = {name: array.copy() for name, array in state.items()}
        self._next = 0.0
        self.progress: tuple[int, int] | None = None

    def take(self, epoch: int, step: int, *, now: bool = False) -> None:
        """Copy the state, which is about to do `step` of `epoch`; not more often than is cheap unless `now`."""
        begin = time.monotonic()
        if begin < self._next and not now:
            return
        for name, copy in self._copies.items():
            np.copyto(copy, self._state[name])
        self.progress = (epoch, step)
        end = time.monotonic()
        self._next = end + (end - begin) / _SHARE

    def restore(self) -> None:
        """Put the copied values back into the state."""
        for name, copy in self._copies.items():
            np.copyto(self._state[name], copy)
