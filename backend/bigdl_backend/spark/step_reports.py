"""Steps as the driver hears of them: each once, in order, and none before the state that is wanted with it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from bigdl_backend.spark.events import Event, StateDone, StepDone


class StepReports:
    """Makes events of what workers report.

    Args:
        put: takes the events.
        last: epoch and number of the last step that needs no event.
        with_state: of the first epoch, see `expect`.

    Attributes:
        last: epoch and number of the newest step known to be done.
    """

    def __init__(
        self, put: Callable[[Event], None], last: tuple[int, int], with_state: Iterable[int]
    ):
        self.last = last
        self._put = put
        self._held: deque[StepDone] = deque()
        self._awaited: set[int] = set(with_state)

    def expect(self, with_state: Iterable[int]) -> None:
        """An epoch begins; these of its steps are told together with the state behind them."""
        self._awaited = set(with_state)

    def done(self, steps: Iterable[tuple[int, int, dict[str, float]]]) -> None:
        """Epoch, number and logs of steps, whoever tells of them first."""
        for epoch, step, logs in steps:
            # After a recovery a few steps are done a second time, with the same result.
            if (epoch, step) > self.last:
                self.last = (epoch, step)
                self._held.append(StepDone(epoch, step, logs))
        self._tell()

    def state(self, epoch: int, step: int, arrays: Mapping[str, np.ndarray]) -> bool:
        """The state behind a step; returns whether it is the first report of it."""
        if step not in self._awaited:
            return False
        self._awaited.remove(step)
        self._put(StateDone(epoch, step, dict(arrays)))
        self._tell()
        return True

    def _tell(self) -> None:
        while self._held and self._held[0].step < min(
            self._awaited, default=self._held[0].step + 1
        ):
            self._put(self._held.popleft())
