"""Going on after an interruption."""

import json
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bigdl_keras.callbacks.callback import Callback
from bigdl_keras.callbacks.save_schedule import SaveSchedule
from bigdl_keras.saving import places
from bigdl_keras.trainers.position import Position


class BackupAndRestore(Callback):
    """Keeps the state of training in a folder, and begins from it when `fit` is called again.

    Weights, optimizer state, random states and the place in the training are kept, in one file that is replaced only
    by a complete one. On Spark training goes on behind the last step saved, with the rows in the order they had: the
    result is that of a training without interruption, bit for bit with the same number of workers. On arrays it goes
    on at the beginning of the epoch in which the last backup was made, as in Keras. What other callbacks remember
    (the best value seen, epochs waited) is not kept.

    Args:
        backup_dir: the folder, for this callback alone; a path, or a URI that the running Spark session can reach.
        save_freq: "epoch", or a number of batches.
        double_checkpoint: also keep the backup before the last, to begin from when the last is damaged.
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
        self._weights = places.joined(self.backup_dir, "latest.weights.h5")
        self._metadata = places.joined(self.backup_dir, "training_metadata.json")
        self._epoch = 0
        self._order_seed: int | None = None

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._order_seed = (self.params or {}).get("order_seed")
        if not places.exists(self._weights):
            return
        if not self.model.built:
            raise ValueError(
                f"Model '{self.model.name}' must be built before its backup is restored: call it "
                "on a batch, or give its first layer an input shape."
            )
        if not self.model.optimizer.built:
            self.model.optimizer.build(self.model.trainable_variables)
        try:
            self._restore()
        except (OSError, ValueError) as error:
            if not places.exists(_older(self._weights)):
                raise
            warnings.warn(f"Going on from the backup before the last: {error}", stacklevel=2)
            for place in (self._weights, self._metadata):
                if places.exists(_older(place)):
                    places.copy(_older(place), place)
            self._restore()

    def _restore(self) -> None:
        from bigdl_keras.saving.backup import read_backup

        position = read_backup(self.model, self._weights)
        if position is None and places.exists(self._metadata):
            # Keras's own backups are two files.
            with places.reading(self._metadata) as path:
                position = Position(json.loads(path.read_text())["epoch"], 0)
        if position is None:
            return
        self._epoch = position.epoch
        self.model._initial_epoch = position.epoch
        if position.order_seed is not None and self._order_seed is not None:
            self._order_seed = position.order_seed
            self.model._resumes_at = position

    def reads_model_after(self, batches: Sequence[int]) -> list[int]:
        return self._schedule.due_among(batches)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if self._schedule.due_after_batch(batch):
            self._save(self._epoch, batch + 1)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if self._schedule.due_after_epoch():
            self._save(epoch + 1, 0)

    def _save(self, epoch: int, step: int) -> None:
        from bigdl_keras.saving.backup import write_backup

        if self.double_checkpoint:
            for place in (self._weights, self._metadata):
                if places.exists(place):
                    places.copy(place, _older(place))
        metrics = [variable.numpy() for variable in self.model.metrics_variables]
        steps = (self.params or {}).get("steps")
        position = Position(epoch, step, steps, self._order_seed, metrics)
        write_backup(self.model, self._weights, position)
        metadata = json.dumps({"epoch": epoch, "batch": max(step - 1, 0)})
        places.write_atomically(self._metadata, lambda path: Path(path).write_text(metadata))

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        self.model._initial_epoch = self.model._resumes_at = None
        if self.delete_checkpoint and places.exists(self.backup_dir):
            places.remove(self.backup_dir)


def _older(place: str) -> str:
    return f"{place}.bkp"
