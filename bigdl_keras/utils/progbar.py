"""A progress bar in the terminal."""

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
        stateless_metrics: names of values to average; others are shown as they are.
        unit_name: what a step is called.

    Raises:
        ValueError: both `stateful_metrics` and `stateless_metrics` are given.
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        stateless_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ) -> None:
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError(
                "Give either `stateful_metrics` (all others are averaged) or `stateless_metrics` "
                "(all others are shown as they are), not both."
            )
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = interval
        self.unit_name = unit_name
        self.stateless_metrics = None if stateless_metrics is None else set(stateless_metrics)
        self.stateful_metrics = (
            None if stateless_metrics is not None else set(stateful_metrics or ())
        )
        self._seen = 0
        self._values: dict[str, tuple[Any, float]] = {}
        self._start = time.monotonic()
        self._first_step_end: float | None = None
        self._drawn: float | None = None
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
        pace = self._seconds_a_step(current, now)
        if self.verbose == 1:
            if finalize or self._drawn is None or now - self._drawn >= self.interval:
                self._draw(current, now - self._start, pace, finalize)
                self._drawn = now
        elif self.verbose == 2 and finalize and self.target:
            text = f"{self._count(current)} - {now - self._start:.0f}s -{self._shown_pace(pace)}"
            show(text + self._shown_values())

    def add(self, n: int, values: Iterable[tuple[str, Any]] | None = None) -> None:
        """Note that `n` more steps are done."""
        self.update(self._seen + n, values)

    def _note(self, name: str, value: Any, current: int, finalize: bool) -> None:
        if self.stateless_metrics is not None:
            as_is = name not in self.stateless_metrics
        else:
            as_is = name in (self.stateful_metrics or ())
        if as_is or finalize:
            self._values[name] = (value, 1)
        else:
            steps = max(current - self._seen, 1)
            total, count = self._values.get(name, (0.0, 0))
            self._values[name] = (total + value * steps, count + steps)

    def _draw(self, current: int, elapsed: float, pace: float, finalize: bool) -> None:
        if self.target:
            done = int(self.width * current / self.target)
            left = self.width - done
            bar = f"{_BOLD}{self._count(current)}{_END} "
            bar += f"{_GREEN}{'━' * done}{_END}" if done > 0 else ""
            bar += f"{_WHITE}{'━' * left}{_END}"
            width = len(self._count(current)) + 1 + done + max(left, 0)
        else:
            bar = f"{current:7d}/Unknown"
            width = len(bar)
        clock = f"{elapsed:.0f}s"
        if self.target and not finalize:
            clock = _clock(pace * (self.target - current))
        tail = self._shown_pace(pace) + self._shown_values()
        width += 1 + len(clock) + len(tail)
        # Back to the beginning of the line, in notebooks (and pagers) as in terminals.
        erase = "\b" * self._drawn_width + "\r"
        padding = " " * max(0, self._drawn_width - width)
        end = "\n" if finalize else ""
        show(f"{erase}{bar} {_BOLD}{clock}{_END}{tail}{padding}{end}", line_break=False)
        self._drawn_width = width

    def _count(self, current: int) -> str:
        return f"{current:{len(str(self.target))}d}/{self.target}"

    def _seconds_a_step(self, current: int, now: float) -> float:
        """Without the first step, which includes tracing and planning."""
        if not current:
            return 0.0
        if self._first_step_end is not None and current > 1:
            return (now - self._first_step_end) / (current - 1)
        if current == 1:
            self._first_step_end = now
        return (now - self._start) / current

    def _shown_pace(self, seconds: float) -> str:
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
    if seconds > 3600:
        return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
    return f"{minutes}:{rest:02d}" if seconds > 60 else f"{int(seconds)}s"
