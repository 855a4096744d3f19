"""A Spark application whose driver is this process."""

from __future__ import annotations

import threading
from collections.abc import Callable

from pyspark import InheritableThread, SparkContext

from bigdl_backend.spark import cluster
from bigdl_backend.spark.application import Place, Shipment


class ClassicApplication:
    """The application of a SparkContext; see `Application`."""

    def __init__(self, context: SparkContext):
        self._context = context
        self._conf = context.getConf()

    def setting(self, name: str, default: str) -> str:
        """See `Application`."""
        return str(self._conf.get(name, default))

    def inspect(self, workers: int | None) -> tuple[cluster.Cluster, Place]:
        """See `Application`."""
        host = self.setting("spark.driver.host", "127.0.0.1")
        place = Place(host, self.setting("spark.driver.bindAddress", host))
        return cluster.inspect(self._context), place

    def executor_cores(self) -> list[int]:
        """See `Application`."""
        return cluster.executor_cores(self._context)

    def ship(self, content: bytes) -> Shipment:
        """See `Application`."""
        return self._context.broadcast(content)

    def thread(self, target: Callable[[], None]) -> threading.Thread:
        """See `Application`."""
        return InheritableThread(target=target, name="bigdl-job", daemon=True)

    def begin(self, job: str) -> None:
        """See `Application`."""
        self._context.setJobGroup(job, "bigdl_keras training", interruptOnCancel=True)

    def cancel(self, job: str) -> None:
        """See `Application`."""
        self._context.cancelJobGroup(job)

    def repeat_task(self, attempt: int) -> bool:
        """See `Application`; Spark does not count this as a failure of the task."""
        self._context._jsc.sc().killTaskAttempt(attempt, True, "bigdl_keras: the worker is silent")
        return True
