"""The Spark application that runs our jobs, as the engine uses it through either kind of session."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from bigdl_backend.spark.cluster import Cluster


@dataclass(frozen=True)
class Place:
    """Where the coordinator listens.

    Attributes:
        host: this machine's address as executors reach it.
        bind: the local address to listen on.
        port: 0: any that is free.
    """

    host: str
    bind: str
    port: int = 0


class Shipment(Protocol):
    """Bytes that travel to executors and go into the closures of tasks by a reference to them."""

    @property
    def value(self) -> bytes:
        """The bytes, in a task."""

    def destroy(self) -> None:
        """No task will ask for the bytes any more."""


class Application(Protocol):
    """A Spark application, reached through a classic session or through Spark Connect."""

    def setting(self, name: str, default: str) -> str:
        """The application's setting of this name."""

    def inspect(self, workers: int | None) -> tuple[Cluster, Place]:
        """Look at the application, once the executors it asked for are there or half a minute is over.

        Args:
            workers: how many tasks are wanted at once; None: not known yet.

        Raises:
            RuntimeError: there are no executors, or they cannot reach this process.
        """

    def executor_cores(self) -> list[int]:
        """The cores of each executor that is there now, whatever it does.

        Raises:
            NotImplementedError: this kind of session cannot tell.
        """

    def ship(self, content: bytes) -> Shipment:
        """Send bytes to the executors, once to each."""

    def thread(self, target: Callable[[], None]) -> threading.Thread:
        """A thread, not yet started, that may run jobs."""

    def begin(self, job: str) -> None:
        """Let all that this thread runs from now on belong to `job`."""

    def cancel(self, job: str) -> None:
        """End what runs of `job`, its tasks included."""

    def repeat_task(self, attempt: int) -> bool:
        """Let Spark end one run of a task, even one whose process is paused, and run the task again.

        Returns:
            Whether Spark can be told so.
        """


def application_of(data: Any) -> Application:
    """The application behind a DataFrame or an RDD."""
    if type(data).__module__.startswith("pyspark.sql.connect."):
        from bigdl_backend.spark.connect import ConnectApplication

        return ConnectApplication(data.sparkSession)
    from bigdl_backend.spark.classic import ClassicApplication

    session = getattr(data, "sparkSession", None)
    return ClassicApplication(data.context if session is None else session.sparkContext)
