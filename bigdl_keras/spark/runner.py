"""Epochs on the workers of a Spark application, as the callbacks on the driver see them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np

from bigdl_backend.spark.events import EpochDone, Lost, Pace, Started, StateDone, StepDone
from bigdl_backend.spark.timeline import write_chrome_trace
from bigdl_backend.spark.training import Training
from bigdl_keras.callbacks.callback_list import CallbackList
from bigdl_keras.trainers.local_runner import plain_logs
from bigdl_keras.trainers.position import Position
from bigdl_keras.trainers.step import ModelProgram

_LOG = logging.getLogger("bigdl_keras.spark")
# A worker that takes so many times as long as the others, and at least so many seconds longer, is named.
_STRAGGLES, _STRAGGLES_SECONDS = 1.5, 1.0


class SparkRunner:
    """An `EpochRunner` whose steps happen in Spark tasks.

    After every epoch the model on the driver has the workers' weights, optimizer state and metrics; whatever
    callbacks change of it reaches the workers before the next epoch.

    Args:
        model: the model.
        traced: its steps, traced for several workers.
        training: the engine, not yet started.
        steps: of an epoch.
        local_validation: validates on data of the driver; None: the workers validate.
        keeps_times: whether `write_times` will be called.
        keep_pace: is told how fast an epoch goes, before the steps that callbacks see.
    """

    def __init__(
        self,
        model: Any,
        traced: ModelProgram,
        training: Training,
        steps: int,
        local_validation: Callable[[int, CallbackList], dict[str, Any]] | None = None,
        keeps_times: bool = False,
        keep_pace: Callable[[Pace], None] = lambda pace: None,
    ) -> None:
        self._keep_pace = keep_pace
        self._keeps_times = keeps_times
        self._model, self._traced, self._training = model, traced, training
        self._steps = steps
        self._local_validation = local_validation
        self._uploaded: dict[str, np.ndarray] | None = None
        self._validation: dict[str, np.ndarray] = {}
        self._events: Any = None
        self._ended: EpochDone | None = None  # an epoch whose state the model does not have yet
        self._epochs: list[EpochDone] = []

    def train_epoch(self, epoch: int, callbacks: CallbackList) -> dict[str, Any]:
        """See `EpochRunner`."""
        group, begun, halted = self._model.steps_per_execution, False, False
        if self._uploaded is None:
            self._start(epoch, callbacks)
            self._events = self._training.events()
        else:
            changed = self._changed(self._uploaded)
            with_state = self._steps_with_state(callbacks)
            self._training.proceed(epoch, self._state(), changed, with_state)
        logs: dict[str, Any] = {}
        names = list(self._traced.steps["train"].structure)
        step = -1
        for event in self._events:
            if isinstance(event, StepDone):
                step, logs = event.step, {name: event.logs[name] for name in names}
                if not begun:
                    callbacks.on_train_batch_begin(step)
                begun = (step + 1) % group != 0
                if not begun:
                    callbacks.on_train_batch_end(step, logs)
                if self._model.stop_training and not halted:
                    halted = True
                    self._training.halt()
            elif isinstance(event, Pace):
                self._keep_pace(event)
            elif isinstance(event, StateDone):
                for name, value in event.arrays.items():
                    self._traced.program.state[name][...] = value
            elif isinstance(event, EpochDone):
                break
            elif isinstance(event, Lost):
                _LOG.warning(
                    "%s was lost (%s); waiting for its replacement", event.worker, event.reason
                )
            elif isinstance(event, Started):
                level = logging.INFO if event.generation == 1 else logging.WARNING
                place = (event.epoch + 1, event.step + 1, ", ".join(event.workers))
                _LOG.log(level, "training from epoch %d, step %d with %s", *place)
        if begun:
            callbacks.on_train_batch_end(step, logs)
        self._ended = event
        self._take_over(event)
        if not logs:  # begun anew behind the last step
            results = plain_logs(self._model.get_metrics_result())
            logs = {name: results[name] for name in names}
        self._model.history.phases.append(_by_phase(event))
        self._model.history.workers.append(len(event.workers))
        _warn_of_stragglers(event)
        if self._keeps_times:
            self._epochs.append(replace(event, arrays={}))
        return logs

    def validate(self, epoch: int, callbacks: CallbackList) -> dict[str, Any]:
        """See `EpochRunner`."""
        if self._local_validation is not None:
            return self._local_validation(epoch, callbacks)
        callbacks.on_test_begin()
        for name, value in self._validation.items():
            self._traced.program.state[name][...] = value
        results = plain_logs(self._model.get_metrics_result())
        logs = {name: results[name] for name in self._traced.steps["test"].structure}
        callbacks.on_test_end(logs)
        return logs

    def write_times(self, path: str | os.PathLike[str]) -> None:
        """Write when every worker began and ended what in the epochs so far, as a trace of Chrome."""
        write_chrome_trace(path, self._epochs)

    def keep_last_step(self) -> None:
        """End the training where it is; the model gets the state behind the last completed step.

        That may be some steps after the last that callbacks saw. When the workers cannot tell it within 10 s, because
        one is lost just now, the model has the state of the last epoch.
        """
        ended = self._training.interrupt() or self._ended
        if ended is not None:
            self._take_over(ended)

    def _start(self, epoch: int, callbacks: CallbackList) -> None:
        position: Position | None = self._model._resumes_at
        self._model._resumes_at = None
        if position is None or position.step == 0:
            seed = None if position is None else position.order_seed
            self._training.start(epoch, with_state=self._steps_with_state(callbacks), seed=seed)
            return
        names = self._traced.metric_state
        shapes = [self._traced.program.state[name].shape for name in names]
        if position.steps != self._steps or [m.shape for m in position.metrics] != shapes:
            raise ValueError(
                f"the backup was made in an epoch of {position.steps} steps with {len(position.metrics)} variables of "
                f"metrics; this training has epochs of {self._steps} steps and {len(names)} such variables. Train on "
                "with the same rows, batch_size, steps_per_epoch and metrics, or remove the backup."
            )
        with_state = self._steps_with_state(callbacks, position.step)
        metrics = dict(zip(names, position.metrics, strict=True))
        self._training.start(epoch, position.step, metrics, with_state, position.order_seed)

    def _steps_with_state(self, callbacks: CallbackList, first: int = 0) -> list[int]:
        group, last = self._model.steps_per_execution, self._steps - 1
        told = [step for step in range(first, last + 1) if (step + 1) % group == 0 or step == last]
        return callbacks.reads_model_after(told)

    def _take_over(self, ended: EpochDone) -> None:
        self._uploaded, self._validation = {}, {}
        for key, value in ended.arrays.items():
            kind, _, name = key.partition(":")
            if kind == "state":
                self._uploaded[name] = value
                self._traced.program.state[name][...] = value
            else:
                self._validation[name] = value
        self._ended = None

    def _state(self) -> dict[str, np.ndarray]:
        return {name: value.copy() for name, value in self._traced.program.state.items()}

    def _changed(self, uploaded: dict[str, np.ndarray]) -> frozenset[str]:
        state, metrics = self._traced.program.state, self._traced.metric_state
        return frozenset(
            name
            for name, value in uploaded.items()
            if name not in metrics and value.tobytes() != state[name].tobytes()
        )


def _by_phase(epoch: EpochDone) -> dict[str, list[float]]:
    return {name: [phases[name] for phases in epoch.phases] for name in sorted(epoch.phases[0])}


def _warn_of_stragglers(epoch: EpochDone) -> None:
    own = [
        sum(phases.get(n, 0.0) for n in ("ingest", "compute", "update")) for phases in epoch.phases
    ]
    for worker, seconds in enumerate(own):
        others = own[:worker] + own[worker + 1 :]
        usual = median(others) if others else seconds
        if seconds > max(_STRAGGLES * usual, usual + _STRAGGLES_SECONDS):
            _LOG.warning(
                "%s holds up the others: its rows and its computing took %.1f s of epoch %d, theirs %.1f s",
                *(epoch.workers[worker], seconds, epoch.epoch + 1, usual),
            )
