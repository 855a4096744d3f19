"""The Spark job that carries a training: one long task a worker, run from a thread of the driver."""

from __future__ import annotations

import inspect
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pyspark import RDD, TaskContext
from pyspark.resource import ResourceProfile
from pyspark.sql import DataFrame

from bigdl_backend.graph.program import Program
from bigdl_backend.spark.application import Application, Shipment
from bigdl_backend.spark.coordinator import Coordinator
from bigdl_backend.spark.failures import understood
from bigdl_backend.spark.ingest import arrow_blocks, delivered
from bigdl_backend.spark.worker import TrainingPlan, run_worker

_RESULT = "worker int"


class TrainingJob:
    """Runs the workers until they end; the outcome goes to the coordinator.

    Args:
        application: runs it.
        data: from `distribute_frames` or `distribute_rdds`.
        plan: what the workers do.
        program: the bytes of what they train; they travel once to each executor.
        coordinator: told when Spark gives up.
        profile: what a task takes of its executor.
    """

    def __init__(
        self,
        application: Application,
        data: DataFrame | RDD,
        plan: TrainingPlan,
        program: bytes,
        coordinator: Coordinator,
        profile: ResourceProfile | None = None,
    ):
        self._application, self._coordinator = application, coordinator
        self._name = f"bigdl-keras-{uuid.uuid4().hex}"
        self._program = application.ship(program)
        self._data, self._plan, self._profile = data, plan, profile
        self._thread = application.thread(self._run)
        self._over = threading.Event()

    def __enter__(self) -> TrainingJob:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if not self._over.wait(self._plan.deadlines.beat):
            self._application.cancel(self._name)
        self._over.wait(self._plan.deadlines.silence)
        self._program.destroy()

    def _run(self) -> None:
        try:
            self._application.begin(self._name)
            if isinstance(self._data, RDD):
                tasks = self._data.mapPartitionsWithIndex(_rdd_task(self._plan, self._program))
                (tasks if self._profile is None else tasks.withResources(self._profile)).count()
            else:
                task = _arrow_task(self._plan, self._program)
                self._data.mapInArrow(task, _RESULT, **self._resources(self._data)).collect()
            self._coordinator.give_up("Spark's tasks ended before the training was over")
        except Exception as error:
            failure = understood(str(error))
            self._coordinator.give_up(failure.cause, failure.details)
        finally:
            self._over.set()

    def _resources(self, data: DataFrame) -> dict[str, Any]:
        # pyspark 3.5 has no such argument.
        known = "profile" in inspect.signature(type(data).mapInArrow).parameters
        return {"profile": self._profile} if known and self._profile is not None else {}


def _arrow_task(plan: TrainingPlan, program: Shipment) -> Callable[[Iterator[Any]], Iterator[Any]]:
    def task(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow

        here = TaskContext.get()
        assert here is not None  # this runs inside a task
        worker, attempt = here.partitionId(), here.taskAttemptId()
        loaded = Program.from_bytes(program.value)
        run_worker(plan, loaded, worker, arrow_blocks(delivered(batches), plan.datasets), attempt)
        yield pyarrow.RecordBatch.from_pydict({"worker": pyarrow.array([worker], "int32")})

    return task


def _rdd_task(
    plan: TrainingPlan, program: Shipment
) -> Callable[[int, Iterable[Any]], Iterator[int]]:
    def task(worker: int, pairs: Iterable[Any]) -> Iterator[int]:
        here = TaskContext.get()
        assert here is not None  # this runs inside a task
        loaded = Program.from_bytes(program.value)
        run_worker(
            plan, loaded, worker, (block for _, block in delivered(pairs)), here.taskAttemptId()
        )
        yield worker

    return task
