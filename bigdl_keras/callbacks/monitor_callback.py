"""What callbacks share that watch one log value."""

import warnings
from typing import Any

from bigdl_keras.callbacks.callback import Callback

_MODES = ("auto", "min", "max")


class MonitorCallback(Callback):
    """Knows which values of a log are better.

    Args:
        monitor: name of the log.
        mode: "min", "max", or "auto" to ask the metric.
        baseline: the value to begin with as the best.
        min_delta: smaller changes are no improvement.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        mode: str = "auto",
        baseline: float | None = None,
        min_delta: float = 0.0,
    ) -> None:
        super().__init__()
        if mode not in _MODES:
            warnings.warn(
                f"{type(self).__name__}: `mode` must be one of {_MODES}; got {mode!r}, which is "
                "taken as 'auto'.",
                stacklevel=3,
            )
            mode = "auto"
        self.monitor = monitor
        self.mode = mode
        self.best = baseline
        self.min_delta = abs(min_delta)
        self._upward: bool | None = None

    def _is_improvement(self, value: float, reference: float | None) -> bool:
        if reference is None:
            return True
        if self._upward is None:
            self._upward = self._larger_is_better()
        if self._upward:
            return value - self.min_delta > reference
        return value + self.min_delta < reference

    def _larger_is_better(self) -> bool:
        if self.mode != "auto":
            return self.mode == "max"
        name = self.monitor.removeprefix("val_")
        if name == "loss":
            return False
        for metric in _single_metrics(self.model):
            if name == metric.name or name.endswith(f"_{metric.name}"):
                if metric._direction is not None:
                    return metric._direction == "up"
                if hasattr(metric, "_fn"):
                    return False
        raise ValueError(
            f"{type(self).__name__} cannot tell whether '{self.monitor}' should rise or fall: "
            "give `mode='max'` or `mode='min'`."
        )

    def _monitored(self, logs: dict[str, Any] | None) -> Any:
        """The watched value, or `None` with a warning."""
        logs = logs or {}
        if self.monitor not in logs:
            warnings.warn(
                f"{type(self).__name__} watches '{self.monitor}', which is not among the logs "
                f"({', '.join(logs)}).",
                stacklevel=3,
            )
        return logs.get(self.monitor)


def _single_metrics(model: Any) -> list[Any]:
    metrics: list[Any] = []
    for metric in model.metrics:
        inner = getattr(metric, "metrics", None)
        metrics += [metric] if inner is None else inner
    return metrics
