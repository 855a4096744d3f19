"""Callbacks from functions."""

from collections.abc import Callable
from typing import Any

from bigdl_keras.callbacks.callback import Callback


class LambdaCallback(Callback):
    """Calls the functions it is given.

    Args:
        **functions: functions by event, such as `on_epoch_end=lambda epoch, logs: ...`.

    Raises:
        ValueError: an event that callbacks do not have.
    """

    def __init__(self, **functions: Callable[..., Any] | None) -> None:
        super().__init__()
        for event, function in functions.items():
            if not (event.startswith("on_") and hasattr(Callback, event)):
                raise ValueError(f"There is no event {event!r}; see `Callback` for their names.")
            if function is not None:
                setattr(self, event, function)
