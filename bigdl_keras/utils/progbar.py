"""A progress bar in the terminal."""

import math
import time
from collections.abc import Iterable
from typing import Any

import numpy as np

from bigdl_keras.utils.messages import show

_BOLD, _GREEN, _WHITE, _END = "\x1b[1m", "\x1b[32m", "\x1b[37m", "\x1b[0m"


class Progbar:
    """Shows how far a loop is, with values.

    Args:
        target: steps to do; `None` when unknown.
        width: characters of the bar.
        verbose: 0 shows nothing, 1 a bar, 2 one line at the end.
        interval: least seconds between two drawings.
        stateful_metrics: names of values to show as they are; others are averaged over steps.
            `None` for all as they are.
        unit_name: what a step is called.
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = (),
        unit_name: str = "step",
    ) -> None:
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = interval
        self.unit_name = unit_name
        self.stateful_metrics = None if stateful_metrics is None else set(stateful_metrics)
        self._seen = 0
        self._values: dict[str, tuple[Any, float]] = {}
        self._start = time.monotonic()
        self._first_step_end: float | None = None
        self._drawn = -math.inf
        self._drawn_width = 0

    def update(
        self,
        current: int,
        values: Iterable[tuple[str, Any]] | None = None,
        finalize: bool | None = None,
    ) -> None:
        """Note that `current` steps are done.

        Args:
            current: steps done.
            values: `(name, value)` pairs.
            finalize: whether this is the last update; default: at the target.
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        for name, value in values or ():
            self._note(name, value, current, finalize)
        self._seen = current
        now = time.monotonic()
        if current == 1:
            self._first_step_end = now
        if self.verbose == 1 and (finalize or now - self._drawn >= self.interval):
            self._draw(current, now, finalize)
            self._drawn = now
        elif self.verbose == 2 and finalize and self.target:
            text = f"{self._count(current)} - {now - self._start:.0f}s -{self._pace(current, now)}"
            show(text + self._shown_values())

    def add(self, n: int, values: Iterable[tuple[str, Any]] | None = None) -> None:
        """Note that `n` more steps are done."""
        self.update(self._seen + n, values)

    def _note(self, name: str, value: Any, current: int, finalize: bool) -> None:
        as_is = self.stateful_metrics is None or name in self.stateful_metrics
        if as_is or finalize:
            self._values[name] = (value, 1)
        else:
            steps = max(current - self._seen, 1)
            total, count = self._values.get(name, (0.0, 0))
            self._values[name] = (total + value * steps, count + steps)

    def _draw(self, current: int, now: float, finalize: bool) -> None:
        elapsed = now - self._start
        if self.target:
            done = min(int(self.width * current / self.target), self.width)
            plain = f"{self._count(current)} {'━' * self.width}"
            bar = (
                f"{_BOLD}{self._count(current)}{_END} "
                f"{_GREEN}{'━' * done}{_END}{_WHITE}{'━' * (self.width - done)}{_END}"
            )
        else:
            plain = bar = f"{current:7d}/Unknown"
        left = None if finalize or not self.target else self._seconds_a_step(current, now)
        clock = f"{elapsed:.0f}s" if left is None else _clock(left * (self.target - current))  # type: ignore[operator]
        tail = self._pace(current, now) + self._shown_values()
        width = len(plain) + 1 + len(clock) + len(tail)
        padding = " " * max(0, self._drawn_width - width)
        show(
            f"\r{bar} {_BOLD}{clock}{_END}{tail}{padding}" + ("\n" if finalize else ""),
            line_break=False,
        )
        self._drawn_width = width

    def _count(self, current: int) -> str:
        return f"{current:{len(str(self.target))}d}/{self.target}"

    def _seconds_a_step(self, current: int, now: float) -> float:
        """Without the first step, which includes tracing and planning."""
        if not current:
            return 0.0
        if self._first_step_end is not None and current > 1:
            return (now - self._first_step_end) / (current - 1)
        return (now - self._start) / current

    def _pace(self, current: int, now: float) -> str:
        seconds = self._seconds_a_step(current, now)
        if seconds >= 1 or seconds == 0:
            return f" {seconds:.0f}s/{self.unit_name}"
        if seconds >= 1e-3:
            return f" {seconds * 1e3:.0f}ms/{self.unit_name}"
        return f" {seconds * 1e6:.0f}us/{self.unit_name}"

    def _shown_values(self) -> str:
        text = ""
        for name, (total, count) in self._values.items():
            if isinstance(total, str):
                text += f" - {name}: {total}"
                continue
            mean = float(np.mean(total)) / max(count, 1)
            text += f" - {name}: {mean:.4f}" if abs(mean) > 1e-3 else f" - {name}: {mean:.4e}"
        return text


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
    return f"{minutes}:{rest:02d}" if minutes else f"{rest}s"
