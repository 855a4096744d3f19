"""The logs of all epochs."""

from typing import Any

from bigdl_keras.callbacks.callback import Callback


class History(Callback):
    """What `fit` returns.

    Attributes:
        history: a list with a value for every epoch, by log name.
        epoch: the numbers of these epochs.
        phases: training on Spark only: for every epoch the seconds that each worker spent, by phase. "ingest": rows
            read and picked; "compute": forward and backward; "wait": for the other workers; "update": of weights
            and metrics; "exchange": gradients under way, most of it during "compute"; "schedule": the rest. With one
            worker updates count as "compute".
        workers: training on Spark only: with how many workers every epoch ended.
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[Any]] = {}
        self.epoch: list[int] = []
        self.phases: list[dict[str, list[float]]] = []
        self.workers: list[int] = []

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
