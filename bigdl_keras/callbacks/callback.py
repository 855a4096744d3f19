"""Base class of callbacks."""

from collections.abc import Sequence
from typing import Any


class Callback:
    """Is told what happens during `fit`, `evaluate` and `predict`.

    Override the methods of interest. Batches and epochs are numbered from 0; `logs` holds loss
    and metrics by name.

    Attributes:
        params: "verbose", "epochs" and "steps" of the running loop.
        model: the model that is trained; set `model.stop_training` to stop after the batch.
    """

    def __init__(self) -> None:
        self.params: dict[str, Any] | None = None
        self._model: Any = None

    def set_params(self, params: dict[str, Any]) -> None:
        """Called before the loop."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Called before the loop."""
        self._model = model

    @property
    def model(self) -> Any:
        """The model that is trained."""
        return self._model

    def reads_model_after(self, batches: Sequence[int]) -> list[int]:
        """Which of the coming epoch's `batches` need the model's state right after them; default: none.

        Asked before every epoch of a training on Spark, where the model otherwise follows the workers from epoch to
        epoch: in `on_train_batch_end` of the batches named here it has their weights and optimizer state.
        """
        return []

    def on_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Same as `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Same as `on_train_batch_end`."""

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Before an epoch of training."""

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """After an epoch and its validation, whose logs begin with "val_"."""

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Before a training batch."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """After a training batch; `logs` are means over the epoch so far."""
        self.on_batch_end(batch, logs=logs)

    def on_test_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Before a batch of evaluation or validation."""

    def on_test_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """After a batch of evaluation or validation."""

    def on_predict_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Before a batch of prediction."""

    def on_predict_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """After a batch of prediction; `logs["outputs"]` are its outputs."""

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """After the last epoch; `logs` are that epoch's."""

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Before evaluation or validation."""

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        """After evaluation or validation."""

    def on_predict_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Before prediction."""

    def on_predict_end(self, logs: dict[str, Any] | None = None) -> None:
        """After prediction."""
