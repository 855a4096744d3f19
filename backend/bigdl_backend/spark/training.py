"""A training on Spark as the driver sees it: start it, follow its events, answer at the end of each epoch."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any

import numpy as np
from pyspark import RDD
from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame

from bigdl_backend.graph.program import Program
from bigdl_backend.spark.application import Application
from bigdl_backend.spark.cluster import check_settings, check_workers, wants_encryption
from bigdl_backend.spark.columns import Field
from bigdl_backend.spark.coordinator import Coordinator
from bigdl_backend.spark.deadlines import Deadlines
from bigdl_backend.spark.distribute import distribute_frames, distribute_rdds
from bigdl_backend.spark.elasticity import Elasticity
from bigdl_backend.spark.events import EpochDone, Event, Failed, StateDone, StepDone
from bigdl_backend.spark.failures import JobFailed
from bigdl_backend.spark.ingest import DataSet
from bigdl_backend.spark.job import TrainingJob
from bigdl_backend.spark.order import lane_count
from bigdl_backend.spark.preflight import Preflight, facts, needs_of
from bigdl_backend.spark.worker import TRAIN, VALIDATION, TrainingPlan

_INTERRUPT_SECONDS = 10.0


class TrainingFailed(JobFailed):
    """The training cannot go on; the message says what happened and what helps."""


@dataclass(frozen=True)
class FrameSource:
    """Rows of a DataFrame: the columns for `fields`, in the order of the step's batch inputs."""

    frame: DataFrame
    expressions: tuple[SparkColumn, ...]
    fields: tuple[Field, ...]
    rows: int


@dataclass(frozen=True)
class RddSource:
    """Records of an RDD: `split` turns one into a value for each of `fields`."""

    rdd: RDD
    split: Callable[[Any], Sequence[Any]]
    fields: tuple[Field, ...]
    rows: int


Source = FrameSource | RddSource


@dataclass(frozen=True)
class Settings:
    """How to train.

    Attributes:
        batch_size: rows of a step on all workers together.
        validation_batch_size: the same for validation.
        shuffle: whether every epoch has an order of its own.
        seed: of that order.
        reset: state variables that begin every epoch and every validation with their first value.
        steps_per_epoch: at most so many; None: all rows.
        validation_steps: at most so many; None: all rows.
        validate: numbers of the epochs that end with a validation.
        workers: how many; None: one an executor.
        elastic: how many there may be, where that may change from epoch to epoch; then `workers` is not looked at.
        deadlines: see `Deadlines`.
        timeline: whether `EpochDone` tells the times of every step.
        memory_budget: bytes of memory for the rows of each worker, the rest is in files; None: what is free there.
        exchange_dtype: see `TrainingPlan`.
    """

    batch_size: int
    validation_batch_size: int
    shuffle: bool = True
    seed: int = 0
    reset: tuple[str, ...] = ()
    steps_per_epoch: int | None = None
    validation_steps: int | None = None
    validate: frozenset[int] = frozenset()
    workers: int | None = None
    elastic: Elasticity | None = None
    deadlines: Deadlines = field(default_factory=Deadlines)
    timeline: bool = False
    memory_budget: int | None = None
    exchange_dtype: str = "float32"


@dataclass(frozen=True)
class _Beginning:
    """What a job with any number of workers begins with; see `Training.start`."""

    epoch: int
    step: int
    state: Mapping[str, np.ndarray]
    with_state: tuple[int, ...]


class Training:
    """One training; a context manager, at whose end nothing of it runs any more.

    Args:
        application: to run in.
        program: with a step "train", and "test" when there is validation data; traced for several workers.
        source: the training rows.
        settings: see `Settings`.
        validation: the validation rows, of the same kind as `source`.

    Raises:
        ValueError, RuntimeError, NotImplementedError: the application cannot satisfy the settings; nothing has been
            started then.
    """

    def __init__(
        self,
        application: Application,
        program: Program,
        source: Source,
        settings: Settings,
        validation: Source | None = None,
    ):
        check_settings(application.setting)
        self._cluster, self._place = application.inspect(settings.workers)
        self._application, self._program, self._settings = application, program, settings
        self._sources = {TRAIN: source} | ({} if validation is None else {VALIDATION: validation})
        if settings.elastic is None:
            workers = self._cluster.executors if settings.workers is None else settings.workers
            self._lanes = self._lanes_for(workers)
        else:
            # The order of rows follows from the lanes: they stay as they are.
            self._lanes = self._lanes_for(settings.elastic.high or self._cluster.executors)
            workers = self._gather(settings.elastic)
        check_workers(self._cluster, workers)
        self.workers = workers
        self._content = b""  # the program as it began, for other numbers of workers
        self._begin = _Beginning(0, 0, {}, ())
        self._told = (-1, -1)
        self._moved, self._halting = True, False
        self._running = ExitStack()
        self._finished = False
        self._coordinator: Coordinator | None = None

    def __enter__(self) -> Training:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._running:
            if kind is not None and self._coordinator is not None:
                self._coordinator.fail("the driver gave up")

    def start(
        self,
        epoch: int = 0,
        step: int = 0,
        state: Mapping[str, np.ndarray] | None = None,
        with_state: Iterable[int] = (),
        seed: int | None = None,
    ) -> None:
        """Ship the program with its present state, and let the workers begin.

        Args:
            epoch: the epoch to begin with.
            step: the step of it to begin with.
            state: what is another then than at the beginning of an epoch: that of metrics.
            with_state: steps of the epoch that are followed by `StateDone`.
            seed: of the order of rows, in place of that in the settings.
        """
        if seed is not None:
            self._settings = replace(self._settings, seed=seed)
        content = self._program.to_bytes()
        if self._settings.elastic is not None:
            self._content = content
        self._launch(content, _Beginning(epoch, step, state or {}, tuple(with_state)))

    def _launch(self, content: bytes, begin: _Beginning) -> None:
        application, cluster, settings = self._application, self._cluster, self._settings
        encrypt = wants_encryption(application.setting)
        self._begin = begin
        datasets = tuple(
            DataSet(name, item.fields, item.rows, lanes)
            for (name, item), lanes in zip(self._sources.items(), self._lanes, strict=True)
        )
        patience = settings.deadlines.recovery
        if settings.elastic is not None:
            patience = settings.deadlines.shrink
        deadlines = replace(settings.deadlines, recovery=patience)
        workers_an_executor = -(-self.workers // cluster.executors)
        workers_a_host = self.workers if cluster.on_one_host else workers_an_executor
        needs = needs_of(
            self._program.graphs[TRAIN],
            sum(array.nbytes for array in self._program.state.values()),
            settings.batch_size,
            datasets,
            self.workers,
            application.setting("spark.io.encryption.enabled", "false").lower() != "true",
            settings.memory_budget,
        )
        coordinator = self._coordinator = Coordinator(
            self.workers,
            begin.state,
            epoch=begin.epoch,
            step=begin.step,
            with_state=begin.with_state,
            told=self._told,
            host=self._place.host,
            bind=self._place.bind,
            port=self._place.port,
            deadlines=deadlines,
            slots_hint=f"the application has {cluster.slots} slots, and other jobs hold some of them",
            retry_hint=cluster.retry_hint,
            objection=Preflight(facts(), needs, workers_a_host).objection,
            encrypt=encrypt,
            repeat_task=application.repeat_task,
        )
        self._running.callback(coordinator.close)
        if self._halting:
            coordinator.halt()
        plan = TrainingPlan(
            coordinator=coordinator.address,
            secret=coordinator.secret,
            workers=self.workers,
            workers_a_host=workers_a_host,
            threads=cluster.threads(self.workers),
            datasets=datasets,
            batch_sizes=(settings.batch_size, settings.validation_batch_size),
            shuffle=settings.shuffle,
            seed=settings.seed,
            reset=settings.reset,
            steps_per_epoch=settings.steps_per_epoch,
            validation_steps=settings.validation_steps,
            validate=settings.validate,
            deadlines=settings.deadlines,
            timeline=settings.timeline,
            encrypt=encrypt,
            memory_budget=settings.memory_budget,
            exchange_dtype=settings.exchange_dtype,
        )
        data = _distributed(
            list(self._sources.values()), self._lanes, self.workers, one_slot=cluster.slots == 1
        )
        profile = cluster.worker_profile(self.workers)
        job = TrainingJob(application, data, plan, content, coordinator, profile)
        self._running.enter_context(job)

    def _lanes_for(self, workers: int) -> list[int]:
        return [lane_count(source.rows, workers) for source in self._sources.values()]

    def _gather(self, elastic: Elasticity) -> int:
        executors, patience = self._application.executor_cores, self._settings.deadlines.recovery
        lanes = min(self._lanes)
        try:
            self._cluster, workers = elastic.gathered(self._cluster, lanes, executors, patience)
        except TimeoutError as error:
            raise TrainingFailed(str(error)) from error
        return workers

    def _relaunch(self, workers: int, begin: _Beginning) -> None:
        """End the job that runs and start one with another number of workers, which read their rows again."""
        self._started.finish()
        self._running.close()
        self.workers, self._moved = workers, False
        self._launch(self._content, begin)

    def _without_the_lost(self, failure: Failed) -> None:
        """Go back to where the epoch began, or the newest state that was asked for within it, with who is left."""
        elastic = self._settings.elastic
        if elastic is None or not failure.missing:
            raise TrainingFailed(failure.reason)
        workers = self._gather(elastic)
        if workers >= self.workers and not self._moved:
            raise TrainingFailed(failure.reason)  # once more would end the same
        self._relaunch(workers, self._begin)

    def events(self) -> Iterator[Event]:
        """What happens, until `finish` has been called.

        Raises:
            TrainingFailed: the training cannot go on.
        """
        while not self._finished:
            event = self._started.next_event()
            if isinstance(event, Failed):
                self._without_the_lost(event)
                continue
            if isinstance(event, StepDone):
                self._told, self._moved = (event.epoch, event.step), True
            elif isinstance(event, StateDone):
                later = tuple(step for step in self._begin.with_state if step > event.step)
                self._begin = _Beginning(event.epoch, event.step + 1, event.arrays, later)
            yield event

    def proceed(
        self,
        epoch: int,
        state: Mapping[str, np.ndarray],
        changed: frozenset[str] = frozenset(),
        with_state: Iterable[int] = (),
    ) -> None:
        """After `EpochDone`: begin `epoch`.

        Args:
            epoch: its number.
            state: the complete state it begins with.
            changed: which variables differ from what was uploaded.
            with_state: steps of the epoch that are followed by `StateDone`.
        """
        begin = self._begin = _Beginning(epoch, 0, state, tuple(with_state))
        self._halting = False
        if self._settings.elastic is not None:
            workers = self._gather(self._settings.elastic)
            if workers != self.workers:
                self._relaunch(workers, begin)
                return
        self._started.proceed(epoch, state, changed, begin.with_state)

    def halt(self) -> None:
        """End the current epoch early: `EpochDone` follows right after the last `StepDone`, or very soon after it."""
        self._halting = True
        self._started.halt()

    def interrupt(self) -> EpochDone | None:
        """End the training where it is.

        Returns:
            The state with all steps that were reported; None when the workers do not tell it within 10 s, or have
            told it already.
        """
        if self._coordinator is None:
            return None
        wait = _INTERRUPT_SECONDS if self._coordinator.interrupt() else 0.0
        end = time.monotonic() + wait
        try:
            while True:
                event = self._coordinator.next_event(max(0.0, end - time.monotonic()))
                if isinstance(event, EpochDone):
                    return event
        except queue.Empty:
            return None

    def finish(self) -> None:
        """Let the workers end; all right before `start`, too."""
        self._finished = True
        if self._coordinator is not None:
            self._coordinator.finish()

    @property
    def _started(self) -> Coordinator:
        if self._coordinator is None:
            raise RuntimeError("the training has not been started")
        return self._coordinator


def _distributed(
    sources: Sequence[Source], lanes: Sequence[int], workers: int, one_slot: bool
) -> DataFrame | RDD:
    frames, rdds = [], []
    for source, count in zip(sources, lanes, strict=True):
        if isinstance(source, FrameSource):
            frames.append((source.frame, source.expressions, count))
        else:
            dtypes = [field.dtype for field in source.fields]
            shapes = [field.shape for field in source.fields]
            rdds.append((source.rdd, _Reshaped(source.split, shapes), dtypes, count))
    if frames and rdds:
        raise ValueError("training and validation data must both be DataFrames or both be RDDs")
    if frames:
        return distribute_frames(frames, workers, one_slot)
    return distribute_rdds(rdds, workers)


class _Reshaped:
    """`split`, then every value in the shape that the model takes."""

    def __init__(self, split: Callable[[Any], Sequence[Any]], shapes: Sequence[tuple[int, ...]]):
        self._split, self._shapes = split, shapes

    def __call__(self, record: Any) -> list[np.ndarray]:
        return [
            np.asarray(value).reshape(shape)
            for value, shape in zip(self._split(record), self._shapes, strict=True)
        ]
