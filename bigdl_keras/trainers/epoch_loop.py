"""The loop over epochs, shared by training on arrays and on Spark."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from bigdl_keras import config
from bigdl_keras.callbacks.callback_list import CallbackList


class EpochRunner(Protocol):
    """What does the work of an epoch, wherever the data and the workers are."""

    def train_epoch(self, epoch: int, callbacks: CallbackList) -> dict[str, Any]:
        """Train on all batches of an epoch and return the logs of its end.

        Calls `callbacks.on_train_batch_begin` and `on_train_batch_end` around every step and
        stops early when `model.stop_training` is set.
        """

    def validate(self, epoch: int, callbacks: CallbackList) -> dict[str, Any]:
        """Evaluate on the validation data (with the test callbacks) and return the logs."""


def should_validate(epoch: int, validation_freq: int | Sequence[int]) -> bool:
    """Whether validation follows the epoch (numbered from 0).

    Raises:
        ValueError: `validation_freq` is neither an int nor a list of epoch numbers (from 1).
    """
    if isinstance(validation_freq, int):
        return (epoch + 1) % validation_freq == 0
    if isinstance(validation_freq, (list, tuple, set)):
        return epoch + 1 in validation_freq
    raise ValueError(
        "`validation_freq` must be an int or a list of epoch numbers; "
        f"got {validation_freq!r} of type {type(validation_freq).__name__}."
    )


def limited_epochs(epochs: int) -> int:
    """`epochs`, at most what `config.set_max_epochs` allows."""
    most = config.max_epochs()
    if most and most < epochs:
        warnings.warn(f"Limiting epochs to {most}", stacklevel=3)
        return most
    return epochs


def run_epochs(
    model: Any,
    runner: EpochRunner,
    callbacks: CallbackList,
    epochs: int,
    initial_epoch: int = 0,
    validates: Callable[[int], bool] = lambda epoch: False,
) -> Any:
    """Train until `epochs`, with all callbacks in Keras's order.

    Args:
        model: the compiled model; a callback may set its `stop_training`.
        runner: does the work of an epoch.
        callbacks: with a `History` among them.
        epochs: number of the epoch to stop at.
        initial_epoch: number of the first epoch; a restored backup overrides it.
        validates: whether validation follows an epoch.

    Returns:
        The `History`.
    """
    model.stop_training = False
    logs: dict[str, Any] = {}
    try:
        callbacks.on_train_begin()
        for epoch in range(model._initial_epoch or initial_epoch, epochs):
            model.reset_metrics()
            callbacks.on_epoch_begin(epoch)
            logs = dict(runner.train_epoch(epoch, callbacks))
            if validates(epoch):
                results = runner.validate(epoch, callbacks)
                logs.update({f"val_{name}": value for name, value in results.items()})
            callbacks.on_epoch_end(epoch, logs)
            if model.stop_training:
                break
    finally:
        if epochs > 0:
            model.optimizer.finalize_variable_values(model.trainable_weights)
    callbacks.on_train_end(logs)
    return model.history
