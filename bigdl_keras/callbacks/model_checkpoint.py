"""Saving the model during training."""

import os
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from bigdl_keras.callbacks.monitor_callback import MonitorCallback
from bigdl_keras.callbacks.save_schedule import SaveSchedule
from bigdl_keras.saving.places import write_atomically
from bigdl_keras.utils.messages import show


class ModelCheckpoint(MonitorCallback):
    """Saves the model or its weights; a file is replaced only by a complete one.

    Args:
        filepath: where, a path or a URI that the running Spark session can reach; `{epoch}`, `{batch}`
            and log names are filled in. Ends with `.keras`, or `.weights.h5` with `save_weights_only`.
        monitor: name of the log to watch.
        verbose: 1 tells about every saving.
        save_best_only: save only when `monitor` has improved.
        save_weights_only: save weights instead of the model.
        mode: "min", "max" or "auto".
        save_freq: "epoch", or a number of batches.
        initial_value_threshold: the value to beat at first.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode, initial_value_threshold)
        self.filepath = os.fspath(filepath)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self._schedule = SaveSchedule(save_freq)
        self._epoch = 0
        ending = ".weights.h5" if save_weights_only else ".keras"
        if not self.filepath.endswith(ending):
            raise ValueError(
                f"ModelCheckpoint with `save_weights_only={save_weights_only}` writes files that "
                f"end in '{ending}'; got `filepath={self.filepath}`."
            )

    def reads_model_after(self, batches: Sequence[int]) -> list[int]:
        return self._schedule.due_among(batches)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if self._schedule.due_after_batch(batch):
            self._save({"batch": batch + 1, **(logs or {})})

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if self._schedule.due_after_epoch():
            self._save(logs or {})

    def _save(self, logs: dict[str, Any]) -> None:
        try:
            path = self.filepath.format(epoch=self._epoch + 1, **logs)
        except KeyError as error:
            raise KeyError(
                f"`filepath={self.filepath}` names {error}, which is not among the logs "
                f"({', '.join(logs)})."
            ) from error
        if self.save_best_only and not self._improved(logs):
            return
        if self.verbose:
            show(f"\nEpoch {self._epoch + 1}: saving model to {path}")
        write = self.model.save_weights if self.save_weights_only else self.model.save
        write_atomically(path, write)

    def _improved(self, logs: dict[str, Any]) -> bool:
        current = self._monitored(logs)
        if current is None:
            return True
        if np.size(current) != 1:
            warnings.warn(
                f"'{self.monitor}' is not a single number, so every model is saved.", stacklevel=4
            )
            return True
        before = self.best
        better = self._is_improvement(current, before)
        if better:
            self.best = current
        if self.verbose:
            change = f"improved from {before} to {current:.5f}" if better else "did not improve"
            show(f"\nEpoch {self._epoch + 1}: {self.monitor} {change}")
        return better
