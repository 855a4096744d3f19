"""Logs for TensorBoard."""

import os
import time
from typing import Any

import numpy as np

from bigdl_keras.callbacks.callback import Callback
from bigdl_keras.callbacks.event_file import EventFile

Logs = dict[str, Any] | None


class TensorBoard(Callback):
    """Writes event files; neither TensorFlow nor TensorBoard is needed for that.

    Args:
        log_dir: folder; training goes to `train`, validation to `validation` below it.
        histogram_freq: epochs between histograms of all weights; 0 for none.
        write_graph: write the structure of models that can be written as JSON.
        write_images: not supported.
        write_steps_per_second: write the pace of training.
        update_freq: "epoch", "batch", or a number of batches between two points.
        profile_batch: not supported (0).
        embeddings_freq: not supported (0).
        embeddings_metadata: not supported.

    Raises:
        NotImplementedError: an unsupported argument is used.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: str | int = "epoch",
        profile_batch: int = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
    ) -> None:
        super().__init__()
        unsupported = {
            "write_images": write_images,
            "profile_batch": profile_batch,
            "embeddings_freq": embeddings_freq,
            "embeddings_metadata": embeddings_metadata,
        }
        used = [name for name, value in unsupported.items() if value]
        if used:
            raise NotImplementedError(f"TensorBoard does not support {used} here; leave them out.")
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = histogram_freq
        self.write_graph = write_graph
        self.write_steps_per_second = write_steps_per_second
        self.update_freq = 1 if update_freq == "batch" else update_freq
        self._train = EventFile(os.path.join(self.log_dir, "train"))
        self._validation = EventFile(os.path.join(self.log_dir, "validation"))
        self._batches = 0
        self._epoch_batches = 0
        self._epoch_start = 0.0
        self._batch_start = 0.0

    def on_train_begin(self, logs: Logs = None) -> None:
        self._batches = 0
        if self.write_graph and type(self.model).__name__ in ("Functional", "Sequential"):
            self._train.keras_model(self.model.to_json())

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self._epoch_batches = self._batches
        self._epoch_start = time.monotonic()

    def on_train_batch_begin(self, batch: int, logs: Logs = None) -> None:
        self._batches += 1
        self._batch_start = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        if self.update_freq == "epoch" or self._batches % int(self.update_freq):
            return
        if self.write_steps_per_second:
            pace = 1.0 / (time.monotonic() - self._batch_start)
            self._train.scalar("batch_steps_per_second", pace, self._batches)
        self._scalars(self._train, "batch_{}", logs, self._batches)

    def on_test_end(self, logs: Logs = None) -> None:
        iterations = int(self.model.optimizer.iterations)
        self._scalars(self._validation, "evaluation_{}_vs_iterations", logs, iterations)
        self._validation.flush()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        logs = dict(logs or {})
        validation = {
            name.removeprefix("val_"): logs.pop(name)
            for name in list(logs)
            if name.startswith("val_")
        }
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        if self.write_steps_per_second:
            steps = self._batches - self._epoch_batches
            logs["steps_per_second"] = steps / (time.monotonic() - self._epoch_start)
        self._scalars(self._train, "epoch_{}", logs, epoch)
        self._scalars(self._validation, "epoch_{}", validation, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            for weight in self.model.weights:
                self._train.histogram(f"{weight.path}/histogram", weight.numpy(), epoch)
        self._train.flush()
        self._validation.flush()

    def on_train_end(self, logs: Logs = None) -> None:
        self._train.close()
        self._validation.close()

    @staticmethod
    def _scalars(file: EventFile, tag: str, logs: Logs, step: int) -> None:
        for name, value in (logs or {}).items():
            if np.size(value) == 1:
                file.scalar(tag.format(name), value, step)
