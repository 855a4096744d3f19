"""Going on after an interruption."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from bigdl_keras.callbacks.atomic_file import write_atomically
from bigdl_keras.callbacks.callback import Callback
from bigdl_keras.callbacks.save_schedule import SaveSchedule


class BackupAndRestore(Callback):
    """Keeps the state of training in a folder, and begins from it when `fit` is called again.

    Weights, optimizer state and the number of the epoch are kept. Training goes on at the
    beginning of the epoch in which the last backup was made.

    Args:
        backup_dir: the folder, for this callback alone.
        save_freq: "epoch", or a number of batches.
        double_checkpoint: also keep the backup before the last.
        delete_checkpoint: remove the folder when training ends.
    """

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: str | int = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        super().__init__()
        if not os.fspath(backup_dir):
            raise ValueError("`backup_dir` is empty: name a folder.")
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._schedule = SaveSchedule(save_freq)
        self._weights = Path(self.backup_dir, "latest.weights.h5")
        self._metadata = Path(self.backup_dir, "training_metadata.json")
        self._epoch = 0
        self._batch = 0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        if not self._weights.exists():
            return
        if not self.model.built:
            raise ValueError(
                f"Model '{self.model.name}' must be built before its backup is restored: call it "
                "on a batch, or give its first layer an input shape."
            )
        if not self.model.optimizer.built:
            self.model.optimizer.build(self.model.trainable_variables)
        self.model.load_weights(str(self._weights))
        if self._metadata.exists():
            self._epoch = json.loads(self._metadata.read_text())["epoch"]
            self.model._initial_epoch = self._epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._batch = batch
        if self._schedule.due_after_batch(batch):
            self._save()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._epoch = epoch + 1
        self._batch = 0
        if self._schedule.due_after_epoch():
            self._save()

    def _save(self) -> None:
        if self.double_checkpoint:
            for path in (self._weights, self._metadata):
                if path.exists():
                    shutil.copy(path, f"{path}.bkp")
        metadata = json.dumps({"epoch": self._epoch, "batch": self._batch})
        write_atomically(self._weights, self.model.save_weights)
        write_atomically(self._metadata, lambda path: _write_text(path, metadata))

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        self.model._initial_epoch = None
        if self.delete_checkpoint and os.path.isdir(self.backup_dir):
            shutil.rmtree(self.backup_dir)


def _write_text(path: str, text: str) -> None:
    Path(path).write_text(text)
