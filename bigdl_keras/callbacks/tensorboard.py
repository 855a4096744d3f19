"""Logs for TensorBoard."""

import os
import time
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bigdl_keras import config
from bigdl_keras.callbacks.callback import Callback
from bigdl_keras.callbacks.embedding_projector import EmbeddingProjector
from bigdl_keras.callbacks.event_file import EventFile
from bigdl_keras.callbacks.learning_rates import learning_rates
from bigdl_keras.callbacks.weight_images import weight_images

Logs = dict[str, Any] | None


class TensorBoard(Callback):
    """Writes event files; neither TensorFlow nor TensorBoard is needed for that.

    Args:
        log_dir: folder; training goes to `train`, validation to `validation` below it.
        histogram_freq: epochs between histograms of all weights; 0 for none.
        write_graph: write the structure of models that can be written as JSON.
        write_images: write weights as pictures together with histograms.
        write_steps_per_second: write the pace of training.
        update_freq: "epoch", "batch", or a number of batches between two points.
        profile_batch: a batch or a pair of first and last batch; there is no profile to write (a
            step is one native call), so anything but 0 only warns.
        embeddings_freq: epochs between writings of the vectors of all `Embedding` layers.
        embeddings_metadata: file with a label for every row of an embedding: a name for all
            layers, or a dict by layer names.

    Raises:
        ValueError: `profile_batch` is no batch or range of batches.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: str | int = "epoch",
        profile_batch: int | str | Sequence[int] = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: str | Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        if _batch_range(profile_batch) != (0, 0):
            warnings.warn(
                f"TensorBoard(profile_batch={profile_batch!r}) writes no profile: a step is one "
                "native call. Look at it with a profiler of the system, such as perf.",
                stacklevel=2,
            )
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = histogram_freq
        self.write_graph = write_graph
        self.write_images = write_images
        self.write_steps_per_second = write_steps_per_second
        self.embeddings_freq = embeddings_freq
        self.embeddings_metadata = embeddings_metadata
        self._projector: EmbeddingProjector | None = None
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
        if self.embeddings_freq:
            self._projector = EmbeddingProjector(self.log_dir, self.model, self.embeddings_metadata)

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
        logs.update(learning_rates(self.model))
        if self.write_steps_per_second:
            steps = self._batches - self._epoch_batches
            logs["steps_per_second"] = steps / (time.monotonic() - self._epoch_start)
        self._scalars(self._train, "epoch_{}", logs, epoch)
        self._scalars(self._validation, "epoch_{}", validation, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._weights(epoch)
        if self._projector is not None and epoch % self.embeddings_freq == 0:
            self._projector.write()
        self._train.flush()
        self._validation.flush()

    def _weights(self, epoch: int) -> None:
        for weight in self.model.weights:
            value = weight.numpy()
            self._train.histogram(f"{weight.path}/histogram", value, epoch)
            if self.write_images:
                channels_last = config.image_data_format() == "channels_last"
                images = weight_images(value, channels_last)
                for number, image in enumerate(images):
                    part = f"/{number}" if len(images) > 1 else ""
                    self._train.image(f"{weight.path}/image{part}", image, epoch)

    def on_train_end(self, logs: Logs = None) -> None:
        self._train.close()
        self._validation.close()

    @staticmethod
    def _scalars(file: EventFile, tag: str, logs: Logs, step: int) -> None:
        for name, value in (logs or {}).items():
            if np.size(value) == 1:
                file.scalar(tag.format(name), value, step)


def _batch_range(given: int | str | Sequence[int]) -> tuple[int, int]:
    """First and last batch; texts are numbers separated by a comma."""
    parts = [int(part) for part in given.split(",")] if isinstance(given, str) else given
    if isinstance(parts, int):
        parts = [parts, parts]
    if len(parts) == 1:
        parts = [parts[0], parts[0]]
    if len(parts) != 2 or parts[0] < 0 or parts[1] < parts[0]:
        raise ValueError(
            "`profile_batch` must be the number of a batch, or a pair of the first and the last; "
            f"got {given!r}."
        )
    return parts[0], parts[1]
