"""A worker's connection with the coordinator."""

from __future__ import annotations

import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import numpy as np

from bigdl_backend.spark import wire
from bigdl_backend.spark.deadlines import Deadlines
from bigdl_backend.spark.layout import Layout
from bigdl_backend.spark.memory import memory
from bigdl_backend.spark.neighbours import birth, end_process, host_identity
from bigdl_backend.spark.preflight import facts

_PAYLOAD_LIMIT = 1 << 36
# Steps may take microseconds: they are reported together, at most so many, or when so long has passed.
REPORT_STEPS = 64
_REPORT_SECONDS = 0.1


class GenerationLost(Exception):
    """A worker of this generation is gone: report and wait for the next one."""


class Dismissed(Exception):
    """The driver needs this worker no longer."""


class DriverLost(RuntimeError):
    """The driver cannot be reached any more."""


class Abortable(Protocol):
    """What may be waiting in the worker's main thread when a generation ends."""

    def abort(self) -> None:
        """End the wait."""


class Member:
    """One worker, as the coordinator knows it.

    Args:
        address: of the coordinator.
        secret: of the job.
        worker: which share of the rows this is.
        listen: opens a port for the other workers on a local address, and returns the port.
        deadlines: see `Deadlines`.
        attempt: the number that Spark gave to this run of the task; None outside Spark.
        encrypt: whether what goes between driver and workers is encrypted.

    Attributes:
        generation: the one this worker takes part in; 0 between two.
        exchange: what to abort when the generation ends.
    """

    def __init__(
        self,
        address: tuple[str, int],
        secret: bytes,
        worker: int,
        listen: Callable[[str], int],
        deadlines: Deadlines,
        attempt: int | None = None,
        encrypt: bool = False,
    ):
        self.generation = 0
        self.exchange: Abortable | None = None
        self._unreported: list[tuple[int, int, dict[str, float]]] = []
        self._reported = 0.0
        self._deadlines = deadlines
        self._inbox: queue.SimpleQueue[wire.Message | Exception] = queue.SimpleQueue()
        self._channel = wire.connect(address, secret, _PAYLOAD_LIMIT, encrypt)
        host, here = self._channel.local_host, facts()
        place = f"process {os.getpid()} on {socket.gethostname()}, {here['instructions']}"
        self._channel.send(
            "join",
            worker=worker,
            attempt=attempt,
            address=[host, listen(host), host_identity()],
            description=f"worker {worker} ({place})",
            process=here,
            identity=[os.getpid(), birth(os.getpid())],
        )
        self._closed = threading.Event()
        for target in (self._read, self._beat):
            threading.Thread(target=target, name="bigdl-member", daemon=True).start()
        self._wait("welcome")

    def __enter__(self) -> Member:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self._channel.close()

    def ready(
        self,
        layouts: Mapping[str, Layout],
        progress: tuple[int, int] | None,
        recent: Iterable[tuple[int, int, dict[str, float]]],
    ) -> wire.Message:
        """Report what this worker holds; return the start of the next generation.

        Args:
            layouts: of each data set.
            progress: epoch and step that this worker's state has reached; None without state of its own.
            recent: epoch, step and logs of the last steps, which a lost worker may have failed to report.
        """
        self.generation, self.exchange, self._unreported = 0, None, []
        fields, arrays = {}, {}
        for name, layout in layouts.items():
            fields[name], more = layout.to_message(name)
            arrays.update(more)
        self._channel.send("ready", arrays, layouts=fields, progress=progress, recent=list(recent))
        start = self._wait("start")
        self.generation = start["generation"]
        return start

    def step_done(
        self, epoch: int, step: int, logs: dict[str, float], pace: Callable[[], dict[str, Any]]
    ) -> None:
        """Report a step, quick ones together; the driver does not answer.

        Args:
            epoch: its number.
            step: its number.
            logs: its results.
            pace: see `Stopwatch.so_far`.
        """
        self._unreported.append((epoch, step, logs))
        waited = time.monotonic() - self._reported
        if waited > _REPORT_SECONDS or len(self._unreported) == REPORT_STEPS:
            self.report(pace)

    def report(self, pace: Callable[[], dict[str, Any]]) -> None:
        """Report the steps that have not been reported."""
        if self._unreported:
            self._channel.send("steps", steps=self._unreported, pace=pace())
        self._unreported, self._reported = [], time.monotonic()

    def upload(self, epoch: int, step: int, state: Mapping[str, np.ndarray]) -> None:
        """Give the driver the state behind a step that has been reported; returns when it has it.

        Raises:
            GenerationLost: a worker was lost meanwhile.
        """
        self._channel.send("state", state, epoch=epoch, step=step)
        self._wait("kept")

    def epoch_done(
        self, epoch: int, arrays: Mapping[str, np.ndarray], phases: Mapping[str, float]
    ) -> wire.Message:
        """Report the end of an epoch and where its time went; return what the driver decided.

        Raises:
            GenerationLost: a worker was lost meanwhile.
            Dismissed: this was the last epoch.
        """
        self._channel.send("epoch", arrays, epoch=epoch, phases=dict(phases))
        return self._wait("go")

    def failed(self, error: str) -> None:
        """Report an error that a new attempt would only repeat."""
        self._channel.send("failed", error=error)

    def _wait(self, kind: str) -> wire.Message:
        while True:
            # The reader's own deadline on the driver's signs of life ends this wait.
            message = self._inbox.get()
            if isinstance(message, Exception):
                raise DriverLost(f"the driver is gone: {message}") from message
            if message.kind == kind:
                return message
            if message.kind in ("finish", "stop"):
                raise Dismissed(message.fields.get("reason", ""))
            if message.kind == "abort" and message["generation"] == self.generation:
                raise GenerationLost(message["reason"])

    def _read(self) -> None:
        while True:
            try:
                message = self._channel.receive(self._deadlines.silence)
            except (wire.WireError, TimeoutError) as error:
                self._inbox.put(error)
                self._abort()
                return
            if message.kind == "beat":
                continue
            if message.kind == "end":
                end_process(*message["identity"])
                continue
            self._inbox.put(message)
            stale = message.kind == "abort" and message["generation"] != self.generation
            if message.kind in ("abort", "stop", "finish") and not stale:
                self._abort()

    def _abort(self) -> None:
        exchange = self.exchange
        if exchange is not None:
            exchange.abort()

    def _beat(self) -> None:
        while not self._closed.wait(self._deadlines.beat):
            try:
                self._channel.send("beat", memory=str(memory()))
            except wire.WireError:
                return  # the reader notices as well, and tells
