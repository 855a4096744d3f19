"""A Spark application behind Spark Connect: its driver is on the server, this process is a client.

There is no SparkContext: settings are those of the session, executors are found by a small job (`survey`), bytes travel
in the closure or as files of the session, and Spark can be told to end an operation, but no single task.
"""

from __future__ import annotations

import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bigdl_backend.spark import cluster
from bigdl_backend.spark.application import Place, Shipment
from bigdl_backend.spark.survey import client_addresses, executors_of, reached, survey

# A closure goes to the server with every job, and to an executor with every task; a file once.
_CLOSURE_BYTES = 1 << 20
_PATIENCE_SECONDS = 30.0


class ConnectApplication:
    """The application behind a session of Spark Connect; see `Application`.

    Settings of the session that matter here: `spark.bigdl.client.host` is the address by which executors reach this
    process (found out when it is not set), `spark.bigdl.client.port` the port (0: any that is free), and
    `spark.bigdl.client.bindAddress` the local address to listen on, where that is another one than the host.
    """

    def __init__(self, session: Any):
        self._session = session

    def setting(self, name: str, default: str) -> str:
        """See `Application`."""
        # Given a default, Spark would want it to be of the setting's type.
        found = self._session.conf.get(name, None)
        return default if found is None else str(found)

    def inspect(self, workers: int | None) -> tuple[cluster.Cluster, Place]:
        """See `Application`."""
        master = self.setting("spark.master", "")
        wanted = cluster.asked_for(self.setting, master)
        addresses = self._addresses()
        tasks = self._tasks(max(wanted, workers or 1))
        deadline = time.monotonic() + _PATIENCE_SECONDS
        executors = executors_of(answers := survey(self._session, tasks, addresses))
        while len(executors) < wanted and time.monotonic() < deadline:
            time.sleep(0.5)
            executors = executors_of(answers := survey(self._session, tasks, addresses))
        known = cluster.cores_known(self.setting, master)
        hosts = [executor.host for executor in executors]
        cores = [
            known or max(1, executor.processors // hosts.count(executor.host))
            for executor in executors
        ]
        found = cluster.described(self.setting, master, cores, on_one_host=len(set(hosts)) == 1)
        return replace(found, remote=True), reached(answers, addresses)

    def executor_cores(self) -> list[int]:
        """See `Application`; only a job could find out, which would wait for the workers of a training."""
        raise NotImplementedError(
            "elastic=True takes a classic SparkSession: Spark Connect does not tell which executors there are"
        )

    def ship(self, content: bytes) -> Shipment:
        """See `Application`."""
        if len(content) <= _CLOSURE_BYTES:
            return _Enclosed(content)
        name = f"bigdl-keras-{uuid.uuid4().hex}"
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, name)
            file.write_bytes(content)
            self._session.addArtifacts(str(file), file=True)
        return _File(name)

    def thread(self, target: Callable[[], None]) -> threading.Thread:
        """See `Application`."""
        return threading.Thread(target=target, name="bigdl-job", daemon=True)

    def begin(self, job: str) -> None:
        """See `Application`."""
        self._session.addTag(job)

    def cancel(self, job: str) -> None:
        """See `Application`."""
        self._session.interruptTag(job)

    def repeat_task(self, attempt: int) -> bool:
        """See `Application`; Connect can only end a whole operation."""
        return False

    def _addresses(self) -> list[Place]:
        port = int(self.setting("spark.bigdl.client.port", "0"))
        host = self.setting("spark.bigdl.client.host", "")
        if host:
            bind = self.setting("spark.bigdl.client.bindAddress", host)
            return [Place(host, bind, port)]
        return [Place(found, found, port) for found in client_addresses(self._session.client.host)]

    def _tasks(self, least: int) -> int | None:
        """Of the survey, at least one an executor; None: Spark's default, one for each core there is."""
        usual = self.setting("spark.sql.leafNodeDefaultParallelism", "") or self.setting(
            "spark.default.parallelism", ""
        )
        return max(least, int(usual)) if usual else None


@dataclass(frozen=True)
class _Enclosed:
    """Bytes inside the closure."""

    value: bytes

    def destroy(self) -> None:
        """See `Shipment`."""


@dataclass(frozen=True)
class _File:
    """Bytes in a file that Spark keeps beside every executor as long as the session lives."""

    name: str

    @property
    def value(self) -> bytes:
        """See `Shipment`."""
        from pyspark import SparkFiles

        return Path(SparkFiles.get(self.name)).read_bytes()

    def destroy(self) -> None:
        """See `Shipment`; Connect takes no file back before the session ends."""
