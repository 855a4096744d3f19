"""Callbacks from functions."""

from collections.abc import Callable
from typing import Any

from bigdl_keras.callbacks.callback import Callback

Function = Callable[..., Any] | None


class LambdaCallback(Callback):
    """Calls the functions it is given.

    Args:
        on_epoch_begin: `(epoch, logs)`.
        on_epoch_end: `(epoch, logs)`.
        on_train_begin: `(logs)`.
        on_train_end: `(logs)`.
        on_train_batch_begin: `(batch, logs)`.
        on_train_batch_end: `(batch, logs)`.
        **kwargs: functions of other events, by their names.

    Raises:
        ValueError: an event that callbacks do not have.
    """

    def __init__(
        self,
        on_epoch_begin: Function = None,
        on_epoch_end: Function = None,
        on_train_begin: Function = None,
        on_train_end: Function = None,
        on_train_batch_begin: Function = None,
        on_train_batch_end: Function = None,
        **kwargs: Function,
    ) -> None:
        super().__init__()
        functions = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
            **kwargs,
        }
        for event, function in functions.items():
            if not (event.startswith("on_") and hasattr(Callback, event)):
                raise ValueError(f"There is no event {event!r}; see `Callback` for their names.")
            if function is not None:
                setattr(self, event, function)
