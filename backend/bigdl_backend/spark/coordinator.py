"""The driver's side of a training job: gathers the workers, starts generations, relays epochs, notices losses.

Workers come and go; a *generation* is a set of workers, one for every share of the rows, that exchange gradients with
each other. When one is lost the others report where they stand and wait; Spark starts its task again; when all are
there the next generation goes on from the most advanced state among them, or from the driver's last epoch.
"""

from __future__ import annotations

import queue
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bigdl_backend.spark import wire
from bigdl_backend.spark.deadlines import Deadlines
from bigdl_backend.spark.events import EpochDone, Event, Failed, Lost, Pace, Started
from bigdl_backend.spark.layout import Layout
from bigdl_backend.spark.step_reports import StepReports

_PAYLOAD_LIMIT = 1 << 36


@dataclass
class _Member:
    worker: int
    channel: wire.Channel
    address: list[Any]
    description: str
    attempt: int | None
    identity: list[int]
    ready: bool = False
    progress: tuple[int, int] | None = None
    layouts: dict[str, Layout] = field(default_factory=dict)
    finished_epoch: int | None = None
    finish: wire.Message | None = None
    memory: str = ""


@dataclass
class _Resume:
    """What every worker continues from when no worker holds anything newer."""

    epoch: int
    step: int
    state: Mapping[str, np.ndarray]
    changed: frozenset[str] = frozenset()
    with_state: tuple[int, ...] = ()


class Coordinator:
    """Listens for the workers of one job until closed.

    Args:
        workers: how many make a generation.
        state: the state to begin with, as far as it is another than the program's.
        epoch: the epoch to begin with.
        step: the step of it to begin with.
        with_state: steps of that epoch behind which the driver wants the state.
        told: epoch and number of the last step that the driver knows of already.
        host: the driver's address as executors reach it.
        bind: the local address to listen on.
        port: to listen on; 0: any that is free.
        deadlines: see `Deadlines`.
        slots_hint: what to say when workers do not start.
        retry_hint: what to say when a lost worker is not started again.
        objection: why a worker with these facts of its process may not take part ("": it may), see `Preflight`.
        encrypt: whether what goes between driver and workers is encrypted.
        repeat_task: ends a silent worker's run of its task, known by its attempt number, so that Spark starts another;
            False when that cannot be done: a worker beside it then ends its process.

    Attributes:
        secret: what a worker must know to be heard; travels inside Spark's own task data.
        address: where it listens.
    """

    def __init__(
        self,
        workers: int,
        state: Mapping[str, np.ndarray],
        *,
        epoch: int = 0,
        step: int = 0,
        with_state: Iterable[int] = (),
        told: tuple[int, int] = (-1, -1),
        host: str = "127.0.0.1",
        bind: str = "127.0.0.1",
        port: int = 0,
        deadlines: Deadlines | None = None,
        slots_hint: str = "free slots on the cluster or ask for fewer workers (num_workers)",
        retry_hint: str = "allow Spark to retry tasks (spark.task.maxFailures)",
        objection: Callable[[str, Mapping[str, Any]], str] = lambda worker, facts: "",
        encrypt: bool = False,
        repeat_task: Callable[[int], bool] = lambda attempt: False,
    ):
        self.secret = secrets.token_bytes(32)
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._workers = workers
        self._deadlines = deadlines or Deadlines()
        self._slots_hint, self._retry_hint = slots_hint, retry_hint
        self._repeat_task, self._encrypt, self._objection = repeat_task, encrypt, objection
        self._resume = _Resume(epoch, step, state, with_state=tuple(with_state))
        known = max(told, (epoch, step - 1))
        self._steps = StepReports(self._events.put, known, self._resume.with_state)
        self._lock = threading.RLock()
        self._members: dict[int, _Member] = {}
        self._layouts: dict[int, dict[str, Layout]] = {}
        self._generation = 0
        self._running = False
        self._incomplete_since: float | None = None
        self._lost = ""
        self._halting = self._interrupted = False
        self._seen_epoch = epoch - 1
        self._ending = False
        self._closed = threading.Event()
        self._listener = socket.create_server((bind, port), backlog=max(128, workers))
        self.address: tuple[str, int] = (host, self._listener.getsockname()[1])
        for target in (self._listen, self._watch):
            threading.Thread(target=target, name="bigdl-coordinator", daemon=True).start()

    def __enter__(self) -> Coordinator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def next_event(self, timeout: float | None = None) -> Event:
        """Wait for what happens next; queue.Empty after `timeout` seconds."""
        return self._events.get(timeout=timeout)

    @property
    def joined(self) -> int:
        """How many workers are connected."""
        with self._lock:
            return len(self._members)

    def proceed(
        self,
        epoch: int,
        state: Mapping[str, np.ndarray],
        changed: frozenset[str] = frozenset(),
        with_state: Iterable[int] = (),
    ) -> None:
        """Let the workers begin `epoch`.

        Args:
            epoch: the number of the next epoch.
            state: the complete state it begins with.
            changed: which variables differ from what the workers uploaded.
            with_state: steps of the epoch behind which the driver wants the state.
        """
        with self._lock:
            self._resume = _Resume(epoch, 0, state, changed, tuple(with_state))
            self._steps.expect(self._resume.with_state)
            self._halting = False
            for member in list(self._members.values()):
                self._release(member)

    def halt(self) -> None:
        """End the current epoch early: right after the last step reported, or very soon after it."""
        with self._lock:
            # The workers may be further on already. They go back to a copy of their state and come to that step again.
            self._halting = True
            if self._running:
                self._running = False
                self._abort("the epoch ends early")

    def interrupt(self) -> bool:
        """`halt` without a validation, because training ends here.

        Returns:
            Whether `EpochDone` will follow; False when it is among the events already, or no worker has begun.
        """
        with self._lock:
            if self._seen_epoch >= self._resume.epoch:
                return False
            self._interrupted = True
            coming = self._running or self._halting
            self.halt()
            return coming

    def finish(self) -> None:
        """Tell all workers, present and future, that training is over."""
        with self._lock:
            self._ending = True
            for member in list(self._members.values()):
                self._send(member, "finish")

    def fail(self, reason: str, missing: bool = False) -> None:
        """End the job: workers stop, and the driver gets `Failed` unless the job is over already."""
        with self._lock:
            if self._ending:
                return
            self._ending = True
            self._events.put(Failed(reason, missing))
            for member in list(self._members.values()):
                self._send(member, "stop", reason=reason)

    def give_up(self, cause: str, details: str = "") -> None:
        """`fail` because Spark does not run the workers any more; adds which worker was lost, and what helps."""
        with self._lock:
            lost = f" {self._lost}. Spark did not start it again: {self._retry_hint}."
            why = f"{cause}.{lost if self._lost else ''}\n\n{details}".rstrip()
            self.fail(why, missing=bool(self._lost))

    def close(self) -> None:
        """Stop listening and end all connections."""
        self._closed.set()
        # Closing alone would leave the thread inside accept().
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for member in self._members.values():
                member.channel.close()
            self._members.clear()

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # closed
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(
                target=self._serve, args=(connection,), name="bigdl-coordinator", daemon=True
            ).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            channel = wire.accept(connection, self.secret, _PAYLOAD_LIMIT, self._encrypt)
            joining = channel.receive(self._deadlines.silence)
        except (wire.WireError, TimeoutError):
            connection.close()  # a stranger, or a worker that died at once: nothing depends on it yet
            return
        member = _Member(
            int(joining["worker"]),
            channel,
            joining["address"],
            str(joining["description"]),
            joining["attempt"],
            joining["identity"],
        )
        problem = self._objection(member.description, joining["process"])
        if problem:
            self.fail(problem)
        if not self._admit(member):
            return
        try:
            while True:
                self._handle(member, channel.receive(self._deadlines.silence))
        except TimeoutError:
            self._drop(member, f"it was silent for {self._deadlines.silence:g} s")
            # Its process may be paused for ever, and Spark would not notice.
            if member.attempt is not None and not self._repeat_task(member.attempt):
                self._end_by_neighbour(member)
        except wire.WireError as error:
            self._drop(member, str(error))

    def _end_by_neighbour(self, silent: _Member) -> None:
        """Let a worker on the same machine end a silent one's process, after which Spark starts its task again."""
        with self._lock:
            machine = silent.address[2]
            beside = [other for other in self._members.values() if other.address[2] == machine]
            if beside and machine:
                self._send(beside[0], "end", identity=silent.identity)

    def _admit(self, member: _Member) -> bool:
        with self._lock:
            if self._closed.is_set():
                member.channel.close()
                return False
            if not 0 <= member.worker < self._workers:
                self.fail(f"a worker called itself {member.worker} of {self._workers}")
                return False
            older = self._members.get(member.worker)
            if older is not None:
                self._drop(older, "Spark started its task again")
            self._members[member.worker] = member
            if self._incomplete_since is None:
                self._incomplete_since = time.monotonic()
            if len(self._members) == self._workers:
                self._incomplete_since = None
            self._send(member, "finish" if self._ending else "welcome")
            return True

    def _drop(self, member: _Member, reason: str) -> None:
        with self._lock:
            if self._members.get(member.worker) is not member:
                return
            del self._members[member.worker]
            member.channel.close()
            if self._ending:
                return
            had = f"; a moment before it had {member.memory}" if member.memory else ""
            self._lost = f"{member.description} was lost: {reason}{had}"
            self._events.put(Lost(member.description, reason))
            self._incomplete_since = time.monotonic()
            if self._running:
                self._running = False
                self._abort(self._lost)

    def _abort(self, reason: str) -> None:
        for member in list(self._members.values()):
            self._send(member, "abort", generation=self._generation, reason=reason)

    def _handle(self, member: _Member, message: wire.Message) -> None:
        with self._lock:
            if message.kind == "beat":
                member.memory = message["memory"]
            elif self._members.get(member.worker) is not member:
                return
            elif message.kind == "ready":
                self._on_ready(member, message)
            elif message.kind == "steps":
                steps = message["steps"]
                self._events.put(Pace(steps[0][0], **message["pace"]))
                self._steps.done(steps)
            elif message.kind == "state":
                self._on_state(member, message)
            elif message.kind == "epoch":
                self._on_epoch(member, message)
            elif message.kind == "failed":
                self.fail(f"{member.description} failed: {message['error']}")
            else:
                self.fail(f"{member.description} sent an unknown message {message.kind!r}")

    def _on_ready(self, member: _Member, message: wire.Message) -> None:
        progress = message["progress"]
        member.progress = tuple(progress) if progress is not None else None
        member.ready, member.finished_epoch = True, None
        self._steps.done(message["recent"])
        layouts = {
            name: Layout.from_message(name, fields, message.arrays)
            for name, fields in message["layouts"].items()
        }
        known = self._layouts.setdefault(member.worker, layouts)
        if known != layouts:
            self.fail(
                f"{member.description} read other rows than its predecessor: Spark computed the data again with "
                "another result. cache() or checkpoint() the DataFrame before fit, or write it to storage."
            )
            return
        if len(self._members) == self._workers and all(m.ready for m in self._members.values()):
            self._start()

    def _start(self) -> None:
        self._generation += 1
        self._running = True
        members = [self._members[worker] for worker in range(self._workers)]
        held = [(m.progress, -m.worker) for m in members if m.progress is not None]
        progress, negative = max(held, default=((-1, 0), 0))
        begin = (self._resume.epoch, self._resume.step)
        from_driver = progress < begin
        source = 0 if from_driver else -negative
        epoch, step = begin if from_driver else progress
        names = self._layouts[0]
        merged = {
            name: Layout.merged([self._layouts[w][name] for w in range(self._workers)])
            for name in names
        }
        fields, arrays = {}, {}
        for name, layout in merged.items():
            fields[name], more = layout.to_message(name)
            arrays.update(more)
        described = tuple(member.description for member in members)
        self._events.put(Started(self._generation, epoch, step, described))
        for member in members:
            member.ready = False
            state = self._resume.state if from_driver and member.worker == source else {}
            self._send(
                member,
                "start",
                {**arrays, **{f"state:{name}": value for name, value in state.items()}},
                generation=self._generation,
                peers=[other.address for other in members],
                source=source,
                from_driver=from_driver,
                epoch=epoch,
                step=step,
                until=self._last_step(epoch, step) if self._halting else None,
                with_state=self._resume.with_state,
                validates=not self._interrupted,
                layouts=fields,
            )

    def _last_step(self, epoch: int, step: int) -> int:
        """Where an epoch that ends early ends: behind every step that was reported, so that the state has them all."""
        reported = self._steps.last[1] if self._steps.last[0] == epoch else -1
        return max(reported + 1, step)

    def _on_state(self, member: _Member, message: wire.Message) -> None:
        epoch, step = int(message["epoch"]), int(message["step"])
        if self._steps.state(epoch, step, message.arrays):
            # Nobody needs to go back further than here.
            self._resume = replace(self._resume, step=step + 1, state=message.arrays)
        # No other worker can be further on than the next step before worker 0 hears this, and begins it.
        self._send(member, "kept")

    def _on_epoch(self, member: _Member, message: wire.Message) -> None:
        epoch = int(message["epoch"])
        member.finished_epoch, member.finish = epoch, message
        members = [self._members[worker] for worker in sorted(self._members)]
        ends = [m.finish for m in members if m.finish is not None and m.finished_epoch == epoch]
        if len(ends) == self._workers and epoch > self._seen_epoch:
            self._seen_epoch = epoch
            timelines = tuple(end.arrays.pop("timeline") for end in ends)
            described = tuple(m.description for m in members)
            phases = tuple(end["phases"] for end in ends)
            self._events.put(EpochDone(epoch, ends[0].arrays, described, phases, timelines))
            for other in members:
                other.finish = None  # a copy of the whole state
        self._release(member)

    def _release(self, member: _Member) -> None:
        if self._ending:
            self._send(member, "finish")
        elif member.finished_epoch is not None and member.finished_epoch < self._resume.epoch:
            member.finished_epoch = None
            changed = {name: self._resume.state[name] for name in self._resume.changed}
            with_state = self._resume.with_state
            self._send(member, "go", changed, epoch=self._resume.epoch, with_state=with_state)

    def _send(
        self,
        member: _Member,
        kind: str,
        arrays: Mapping[str, np.ndarray] | None = None,
        **fields: Any,
    ) -> None:
        try:
            member.channel.send(kind, arrays, **fields)
        except (wire.WireError, OSError) as error:
            self._drop(member, str(error))

    def _watch(self) -> None:
        while not self._closed.wait(min(self._deadlines.beat, 1.0)):
            with self._lock:
                for member in list(self._members.values()):
                    self._send(member, "beat")
                self._check_deadlines()

    def _check_deadlines(self) -> None:
        if self._incomplete_since is None or self._ending:
            return
        waited = time.monotonic() - self._incomplete_since
        joined = f"{len(self._members)} of {self._workers} workers"
        if self._lost and waited > self._deadlines.recovery:
            self.fail(
                f"{self._lost}. No replacement started within {self._deadlines.recovery:g} s "
                f"({joined} are there): {self._retry_hint}.",
                missing=True,
            )
        elif not self._lost and waited > self._deadlines.gang:
            self.fail(
                f"only {joined} started within {self._deadlines.gang:g} s of the first: {self._slots_hint}.",
                missing=True,
            )
