"""Where the time of a worker's epoch goes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from bigdl_backend.graph.session import Session

# What a worker does, one after the other; "exchange" is apart because it goes on during "compute".
IN_TURN = ("ingest", "compute", "wait", "update", "schedule")


class Stopwatch:
    """Measures one epoch after another.

    "ingest": rows read and picked; "compute": until gradients are summed; "wait": for the other workers and the
    exchange; "update": of weights and metrics; "exchange": sums under way; "schedule": all the rest. Where there is
    one worker, its updates count as "compute".

    Args:
        session: runs the steps; measured from now on.
        read: seconds that reading the rows took; counted in the first epoch.
        steps: whether to keep every step for a timeline.
    """

    def __init__(self, session: Session, read: float, steps: bool):
        session.measure()
        self._session, self._steps = session, steps
        self._timeline: list[list[float]] = []
        self._start_epoch(read)
        self.begin()

    def _start_epoch(self, ingest: float = 0.0) -> None:
        self._ingest = self._read = ingest
        self._begin = time.perf_counter()
        self._before = self._last = self._session.phases()
        self._timeline = []

    def begin(self) -> None:
        """The first step of an epoch follows; what `so_far` tells begins here."""
        self._rows, self._ingest_before = 0, self._ingest
        self._steps_begin, self._steps_before = time.perf_counter(), self._session.phases()

    def picked(self, begin: float) -> None:
        """The rows of the next step are there, picked since `begin` (of `time.perf_counter`)."""
        seconds = time.perf_counter() - begin
        self._ingest += seconds
        if self._steps:
            self._timeline.append([time.time() - seconds, seconds])

    def stepped(self, rows: int) -> None:
        """A step is done that took so many rows on all workers together."""
        self._rows += rows
        if self._steps:
            now = self._session.phases()
            self._timeline[-1] += [
                now.get(phase, 0.0) - self._last.get(phase, 0.0)
                for phase in ("compute", "wait", "update")
            ]
            self._last = now

    def so_far(self) -> dict[str, Any]:
        """The rows, seconds and phases of a `Pace`, since `begin`."""
        seconds = time.perf_counter() - self._steps_begin
        ingest = self._ingest - self._ingest_before
        phases = _spent(self._steps_before, self._session.phases(), ingest, seconds)
        return {"rows": self._rows, "seconds": seconds, "phases": phases}

    def epoch(self) -> tuple[Mapping[str, float], np.ndarray]:
        """Seconds by phase since the last call, and the timeline.

        Returns:
            The phases, and float64[steps, 5]: when a step began (seconds since 1970), then its seconds of ingest,
            compute, wait and update; without rows when no timeline is kept.
        """
        total = time.perf_counter() - self._begin + self._read
        spent = _spent(self._before, self._session.phases(), self._ingest, total)
        timeline = np.array(self._timeline, np.float64).reshape(-1, len(IN_TURN))
        self._start_epoch()
        return spent, timeline


def _spent(
    before: Mapping[str, float], now: Mapping[str, float], ingest: float, total: float
) -> dict[str, float]:
    """Seconds by phase of `total` seconds, from what the session had counted before and has now."""
    spent = {name: now[name] - before.get(name, 0.0) for name in now}
    known = sum(spent.get(phase, 0.0) for phase in ("compute", "wait", "update"))
    return spent | {"ingest": ingest, "schedule": max(0.0, total - known - ingest)}
