"""The progress bar of training on Spark."""

from __future__ import annotations

from typing import Any

from bigdl_backend.spark.events import Pace
from bigdl_backend.spark.stopwatch import IN_TURN
from bigdl_keras.callbacks.progbar_logger import ProgbarLogger

# A phase with a smaller share of the time is not worth a place in the line.
_SHOWN_SHARE = 0.01


class SparkProgress(ProgbarLogger):
    """Shows, behind the metrics, how many rows a second all workers train on, and where the time of the epoch goes."""

    def __init__(self) -> None:
        super().__init__()
        self._pace: Pace | None = None

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._pace = None
        super().on_epoch_begin(epoch, logs)

    def keep(self, pace: Pace) -> None:
        """Show this from now on."""
        self._pace = pace

    def _shown(self, logs: dict[str, Any] | None) -> list[tuple[str, Any]]:
        return super()._shown(logs) + ([] if self._pace is None else _in_words(self._pace))


def _in_words(pace: Pace) -> list[tuple[str, str]]:
    times = [
        f"{phase} {_seconds(pace.phases[phase])}"
        for phase in IN_TURN
        if pace.phases.get(phase, 0.0) >= _SHOWN_SHARE * pace.seconds
    ]
    rate = pace.rows / pace.seconds
    return [("rows/s", f"{rate:.3g}" if rate < 100 else f"{rate:.0f}"), ("time", " ".join(times))]


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f}s" if seconds >= 1 else f"{seconds * 1e3:.0f}ms"
