"""The progress bar of `fit`, `evaluate` and `predict`."""

from typing import Any

from bigdl_keras.callbacks.callback import Callback
from bigdl_keras.utils.messages import show
from bigdl_keras.utils.progbar import Progbar

Logs = dict[str, Any] | None


class ProgbarLogger(Callback):
    """Shows epochs, steps and metrics."""

    def __init__(self) -> None:
        super().__init__()
        self.verbose = 1
        self.epochs = 1
        self.target: int | None = None
        self._seen = 0
        self._bar: Progbar | None = None
        self._in_fit = False

    def set_params(self, params: dict[str, Any]) -> None:
        super().set_params(params)
        verbose = params.get("verbose", 1)
        self.verbose = 1 if verbose == "auto" else int(verbose)
        self.epochs = params.get("epochs", 1)
        self.target = params.get("steps")

    def on_train_begin(self, logs: Logs = None) -> None:
        self._in_fit = True

    def on_train_end(self, logs: Logs = None) -> None:
        self._in_fit = False

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self._begin()
        if self.verbose and self.epochs > 1:
            show(f"Epoch {epoch + 1}/{self.epochs}")

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        self._advance(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self._finish(logs)

    def on_test_begin(self, logs: Logs = None) -> None:
        if not self._in_fit:
            self._begin()

    def on_test_batch_end(self, batch: int, logs: Logs = None) -> None:
        if not self._in_fit:
            self._advance(batch, logs)

    def on_test_end(self, logs: Logs = None) -> None:
        if not self._in_fit:
            self._finish(logs)

    def on_predict_begin(self, logs: Logs = None) -> None:
        self._begin()

    def on_predict_batch_end(self, batch: int, logs: Logs = None) -> None:
        self._advance(batch, None)

    def on_predict_end(self, logs: Logs = None) -> None:
        self._finish(None)

    def _begin(self) -> None:
        self._seen = 0
        self._bar = Progbar(self.target, verbose=self.verbose, stateless_metrics=())

    def _advance(self, batch: int, logs: Logs) -> None:
        self._seen = batch + 1
        if self._bar is not None and self.verbose == 1:
            self._bar.update(self._seen, self._shown(logs), finalize=False)

    def _finish(self, logs: Logs) -> None:
        if self._bar is None:
            return
        if self.target is None:
            # Known after the first epoch.
            self.target = self._bar.target = self._seen
        self._bar.update(self.target, self._shown(logs), finalize=True)

    def _shown(self, logs: Logs) -> list[tuple[str, Any]]:
        """What stands behind the bar."""
        return list((logs or {}).items())
