"""A consistent copy of a worker's state, because a step that fails half-way leaves the state half updated."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

# Copying may take about this part of the time; a lost worker costs at most that many copies' time of repeated steps.
_SHARE = 0.01


class Snapshot:
    """The state as it was before some step.

    Args:
        state: the arrays to copy.
    """

    def __init__(self, state: Mapping[str, np.ndarray]):
        self._state = state
        self._copies: dict[str, np.ndarray] = {}
        self._next = 0.0
        self.progress: tuple[int, int] | None = None

    def take(self, epoch: int, step: int, *, now: bool = False) -> None:
        """Copy the state, which is about to do `step` of `epoch`; not more often than is cheap unless `now`."""
        begin = time.monotonic()
        if begin < self._next and not now:
            return
        # Invalid while it is being written.
        self.progress = None
        for name, array in self._state.items():
            copy = self._copies.get(name)
            if copy is None:
                self._copies[name] = array.copy()
            else:
                np.copyto(copy, array)
        self.progress = (epoch, step)
        end = time.monotonic()
        self._next = end + (end - begin) / _SHARE

    def restore(self) -> None:
        """Put the copied values back into the state."""
        for name, copy in self._copies.items():
            np.copyto(self._state[name], copy)
