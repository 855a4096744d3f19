"""Epochs on data of this process."""

from typing import Any

import numpy as np

from bigdl_keras import tree
from bigdl_keras.callbacks.callback_list import CallbackList
from bigdl_keras.trainers.batch_steps import BatchSteps
from bigdl_keras.trainers.step_cache import Steps


class LocalRunner:
    """Runs a model's steps on batches of this process.

    Args:
        model: the model; callbacks may set its `stop_training`, `stop_evaluating` and
            `stop_predicting`.
        steps: the model's steps.
        batches: what to train on, or to evaluate or predict.
        validation: what to validate on.
    """

    def __init__(
        self,
        model: Any,
        steps: Steps,
        batches: BatchSteps,
        validation: BatchSteps | None = None,
    ) -> None:
        self._model = model
        self._steps = steps
        self._batches = batches
        self._validation = validation

    def train_epoch(self, epoch: int, callbacks: CallbackList) -> dict[str, Any]:
        """See `EpochRunner`."""
        logs: dict[str, Any] = {}
        for last, group in self._batches.epoch(callbacks.on_train_batch_begin):
            for batch in group:
                logs = self._steps.run("train", batch)
            callbacks.on_train_batch_end(last, logs)
            if self._model.stop_training:
                break
        if not logs:
            # The data has come to its end: further epochs would have none either.
            self._model.stop_training = True
        return logs

    def validate(self, epoch: int, callbacks: CallbackList) -> dict[str, Any]:
        """See `EpochRunner`."""
        if self._validation is None:
            raise ValueError("There is no validation data.")
        return self._test(self._validation, callbacks)

    def evaluate(self, callbacks: CallbackList) -> dict[str, Any]:
        """The logs of one pass over the data, as Python numbers."""
        return self._test(self._batches, callbacks)

    def _test(self, batches: BatchSteps, callbacks: CallbackList) -> dict[str, Any]:
        model = self._model
        model.stop_evaluating = False
        callbacks.on_test_begin()
        model.reset_metrics()
        batches.restart()
        logs: dict[str, Any] = {}
        for last, group in batches.epoch(callbacks.on_test_batch_begin):
            for batch in group:
                logs = self._steps.run("test", batch)
            callbacks.on_test_batch_end(last, logs)
            if model.stop_evaluating:
                break
        logs = plain_logs(logs)
        callbacks.on_test_end(logs)
        return logs

    def predict(self, callbacks: CallbackList) -> Any:
        """The predictions of all batches, joined along the rows."""
        model = self._model
        model.stop_predicting = False
        callbacks.on_predict_begin()
        parts: list[Any] = []
        for last, group in self._batches.epoch(callbacks.on_predict_batch_begin):
            done = [self._steps.run("predict", (batch[0], None, None)) for batch in group]
            parts.extend(done)
            callbacks.on_predict_batch_end(last, {"outputs": _joined(done)})
            if model.stop_predicting:
                break
        callbacks.on_predict_end()
        if not parts:
            raise ValueError("There is no data to predict.")
        return _joined(parts)


def _joined(parts: list[Any]) -> Any:
    if len(parts) == 1:
        return parts[0]
    return tree.map_structure(lambda *leaves: np.concatenate(leaves), *parts)


def plain_logs(logs: dict[str, Any] | None) -> dict[str, Any]:
    """Logs with single numbers as Python floats."""
    plain = {}
    for name, value in (logs or {}).items():
        scalar = np.ndim(value) == 0 and not isinstance(value, (str, bool, int))
        plain[name] = float(value) if scalar else value
    return plain
