"""Several callbacks as one."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bigdl_keras import tree
from bigdl_keras.callbacks.callback import Callback
from bigdl_keras.callbacks.history import History
from bigdl_keras.callbacks.progbar_logger import ProgbarLogger

Logs = dict[str, Any] | None


class CallbackList(Callback):
    """Passes every event on to its callbacks, in order, with numbers in logs as Python floats.

    Args:
        callbacks: callbacks, in any structure.
        add_history: add a `History` if there is none.
        add_progbar: add a `ProgbarLogger` if there is none.
        model: the model that is trained.
        **params: "verbose", "epochs", "steps".
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ) -> None:
        super().__init__()
        self.callbacks: list[Callback] = tree.flatten(callbacks) if callbacks else []
        if add_history and not any(isinstance(c, History) for c in self.callbacks):
            self.callbacks.append(History())
        if add_progbar and not any(isinstance(c, ProgbarLogger) for c in self.callbacks):
            self.callbacks.append(ProgbarLogger())
        if model is not None:
            self.set_model(model)
        self.set_params(params)
        # Most callbacks do nothing after batches: those are not called, and when there are none
        # left the logs are not even read.
        self._listeners = {
            event: [callback for callback in self.callbacks if _listens(callback, event)]
            for event in _BATCH_EVENTS
        }

    def append(self, callback: Callback) -> None:
        """Add a callback at the end."""
        self.callbacks.append(callback)
        for event, listeners in self._listeners.items():
            if _listens(callback, event):
                listeners.append(callback)

    def set_params(self, params: dict[str, Any]) -> None:
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        for callback in self.callbacks:
            callback.set_model(model)
            if isinstance(callback, History):
                model.history = callback

    def reads_model_after(self, batches: Sequence[int]) -> list[int]:
        wanted = {
            batch for callback in self.callbacks for batch in callback.reads_model_after(batches)
        }
        return sorted(wanted)

    def _tell_batch(self, event: str, batch: int, logs: Logs) -> None:
        listeners = self._listeners[event]
        if listeners:
            logs = _plain(logs)
            for callback in listeners:
                getattr(callback, event)(batch, logs=logs)

    def on_batch_begin(self, batch: int, logs: Logs = None) -> None:
        for callback in self.callbacks:
            callback.on_batch_begin(batch, logs=_plain(logs))

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        for callback in self.callbacks:
            callback.on_batch_end(batch, logs=_plain(logs))

    def on_train_batch_begin(self, batch: int, logs: Logs = None) -> None:
        self._tell_batch("on_train_batch_begin", batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        self._tell_batch("on_train_batch_end", batch, logs)

    def on_test_batch_begin(self, batch: int, logs: Logs = None) -> None:
        self._tell_batch("on_test_batch_begin", batch, logs)

    def on_test_batch_end(self, batch: int, logs: Logs = None) -> None:
        self._tell_batch("on_test_batch_end", batch, logs)

    def on_predict_batch_begin(self, batch: int, logs: Logs = None) -> None:
        self._tell_batch("on_predict_batch_begin", batch, logs)

    def on_predict_batch_end(self, batch: int, logs: Logs = None) -> None:
        self._tell_batch("on_predict_batch_end", batch, logs)

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        logs = _plain(logs)
        for callback in self.callbacks:
            callback.on_epoch_begin(epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        logs = _plain(logs)
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, logs)

    def _tell(self, event: str, logs: Logs) -> None:
        logs = _plain(logs)
        for callback in self.callbacks:
            getattr(callback, event)(logs)

    def on_train_begin(self, logs: Logs = None) -> None:
        self._tell("on_train_begin", logs)

    def on_train_end(self, logs: Logs = None) -> None:
        self._tell("on_train_end", logs)

    def on_test_begin(self, logs: Logs = None) -> None:
        self._tell("on_test_begin", logs)

    def on_test_end(self, logs: Logs = None) -> None:
        self._tell("on_test_end", logs)

    def on_predict_begin(self, logs: Logs = None) -> None:
        self._tell("on_predict_begin", logs)

    def on_predict_end(self, logs: Logs = None) -> None:
        self._tell("on_predict_end", logs)


_BATCH_EVENTS = (
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_test_batch_begin",
    "on_test_batch_end",
    "on_predict_batch_begin",
    "on_predict_batch_end",
)


def _listens(callback: Any, event: str) -> bool:
    """Whether the callback has its own method for a batch event (or its older name)."""
    names = [event]
    if "train" in event:
        names.append(event.replace("train_", ""))
    for name in names:
        own = getattr(callback, name, None)
        if own is not None and getattr(own, "__func__", own) is not getattr(Callback, name):
            return True
    return False


def _plain(logs: Logs) -> dict[str, Any]:
    """Logs by name in alphabetical order, every single number as a Python float."""
    plain = {}
    for name, value in sorted((logs or {}).items()):
        number = isinstance(value, (np.ndarray, np.generic)) and np.size(value) == 1
        plain[name] = float(np.reshape(value, ())) if number else value
    return plain
