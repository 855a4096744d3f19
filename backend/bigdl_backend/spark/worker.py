"""What runs inside a Spark task: read the rows once, then train in step with the other workers."""

from __future__ import annotations

import time
import traceback
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bigdl_backend.graph.program import Program
from bigdl_backend.graph.session import Session
from bigdl_backend.spark.deadlines import Deadlines
from bigdl_backend.spark.ingest import Block, DataSet, RowsLost, Shard, read_shards
from bigdl_backend.spark.layout import Layout
from bigdl_backend.spark.member import REPORT_STEPS, Dismissed, DriverLost, GenerationLost, Member
from bigdl_backend.spark.memory import memory_in_errors
from bigdl_backend.spark.order import EpochOrder, EpochShares, Share
from bigdl_backend.spark.snapshot import Snapshot
from bigdl_backend.spark.stopwatch import Stopwatch
from bigdl_backend.spark.storage import memory_budget
from bigdl_backend.spark.wire import Message, WireError

TRAIN, VALIDATION = "train", "validation"


@dataclass(frozen=True)
class TrainingPlan:
    """What all workers of a job know.

    Attributes:
        coordinator: address of the driver's coordinator.
        secret: of the job.
        workers: how many there are.
        workers_a_host: how many share a machine's memory.
        threads: threads of each worker.
        datasets: the training data, then the validation data if any.
        batch_sizes: global batch size for each data set.
        shuffle: whether every epoch has an order of its own.
        seed: of that order.
        reset: state variables that begin every epoch and every validation with their first value.
        steps_per_epoch: so many training steps an epoch, each epoch going on in the data where the last one
            stopped; None: one pass.
        validation_steps: at most so many; None: all.
        validate: numbers of the epochs that end with a validation.
        deadlines: see `Deadlines`.
        timeline: whether the driver gets the times of every step.
        encrypt: whether all that goes over the network is encrypted.
        memory_budget: bytes of memory for the rows of each worker; None: see `storage.memory_budget`.
        exchange_dtype: in which float32 sums travel between machines: "float32" or "bfloat16".
    """

    coordinator: tuple[str, int]
    secret: bytes = field(repr=False)
    workers: int
    workers_a_host: int
    threads: int
    datasets: tuple[DataSet, ...]
    batch_sizes: tuple[int, ...]
    shuffle: bool
    seed: int
    reset: tuple[str, ...]
    steps_per_epoch: int | None
    validation_steps: int | None
    validate: frozenset[int]
    deadlines: Deadlines
    timeline: bool
    encrypt: bool
    memory_budget: int | None = None
    exchange_dtype: str = "float32"


def run_worker(
    plan: TrainingPlan,
    program: Program,
    worker: int,
    blocks: Iterable[Block],
    attempt: int | None = None,
) -> None:
    """Be worker number `worker` of a job from the first row to the last epoch.

    Spark knows this run of the task by `attempt`, and can end and repeat it. An error that another attempt
    would only repeat goes to the driver, which raises it there; this function then returns, so that Spark
    does not try again.
    """
    from bigdl_native._exchange import Listener

    listeners: list[Any] = []

    def listen(host: str) -> int:
        listeners.append(Listener(host))
        return listeners[0].port

    try:
        member = Member(
            plan.coordinator, plan.secret, worker, listen, plan.deadlines, attempt, plan.encrypt
        )
    except Dismissed:
        return
    with member:
        try:
            budget = plan.memory_budget
            if budget is None:
                budget = memory_budget(plan.workers_a_host)
            begin = time.perf_counter()
            with memory_in_errors():
                shards = read_shards(blocks, plan.datasets, worker, plan.workers, budget)
                read = time.perf_counter() - begin
                _Training(plan, program, worker, member, listeners[0], shards, read).run()
        except Dismissed:
            return
        except (DriverLost, WireError, RowsLost):
            raise
        except Exception as error:
            member.failed(f"{type(error).__name__}: {error}\n\n{traceback.format_exc()}")


class _Training:
    def __init__(
        self,
        plan: TrainingPlan,
        program: Program,
        worker: int,
        member: Member,
        listener: Any,
        shards: Sequence[Shard],
        read: float,
    ):
        self._read = read
        self._plan, self._program, self._worker = plan, program, worker
        self._member, self._listener = member, listener
        self._shards = {shard.dataset.name: shard for shard in shards}
        self._layouts = {name: shard.layout() for name, shard in self._shards.items()}
        self._rows = {name: shard.located() for name, shard in self._shards.items()}
        self._first = {name: program.state[name].copy() for name in plan.reset}
        self._snapshot = Snapshot(program.state)
        self._orders: dict[str, EpochOrder] = {}
        # Worker 0 may die with steps that it has not reported, while the others are up to one step ahead.
        self._recent: deque[tuple[int, int, dict[str, float]]] = deque(maxlen=REPORT_STEPS + 1)
        self._session: Session
        self._watch: Stopwatch

    def run(self) -> None:
        """Take part in one generation after another; ends with `Dismissed`."""
        from bigdl_native._exchange import ExchangeError, Mesh

        while True:
            start = self._member.ready(self._layouts, self._snapshot.progress, self._recent)
            peers = [(rank, *address) for rank, address in enumerate(start["peers"])]
            mesh = Mesh(
                self._listener,
                self._worker,
                peers,
                self._plan.secret,
                start["generation"],
                timeout=self._plan.deadlines.exchange,
                connect_timeout=self._plan.deadlines.silence,
                wire=self._plan.exchange_dtype,
                encrypt=self._plan.encrypt,
            )
            self._member.exchange = mesh
            try:
                with mesh:
                    mesh.connect()
                    self._train(start, mesh)
            except (ExchangeError, GenerationLost):
                # Wait for the next generation, from the last consistent state.
                self._snapshot.restore()

    def _train(self, start: Message, mesh: Any) -> None:
        self._begin(start, mesh)
        epoch, step, until = start["epoch"], start["step"], start["until"]
        with_state = frozenset(start["with_state"])
        while True:
            self._snapshot.take(epoch, step, now=True)
            self._train_epoch(epoch, step, until, with_state)
            phases, timeline = self._watch.epoch()
            uploads = self._finish_epoch(epoch, start["validates"])
            if self._worker != 0:
                uploads = {}
            decision = self._member.epoch_done(epoch, {**uploads, "timeline": timeline}, phases)
            for name, value in decision.arrays.items():
                self._program.state[name][...] = value
            epoch, step, until = decision["epoch"], 0, None
            with_state = frozenset(decision["with_state"])

    def _begin(self, start: Message, mesh: Any) -> None:
        state = self._program.state
        for name, value in start.arrays.items():
            kind, _, variable = name.partition(":")
            if kind == "state":
                state[variable][...] = value
        mesh.broadcast(*state.values(), root=start["source"])
        self._session = Session(self._program, self._plan.threads, mesh)
        self._watch = Stopwatch(self._session, self._read, self._plan.timeline)
        self._read = 0.0
        for name, fields in start["layouts"].items():
            layout = Layout.from_message(name, fields, start.arrays)
            self._orders[name] = EpochOrder(
                self._rows[name],
                layout.partitions,
                np.array(layout.lane_sizes),
                self._plan.seed,
            )

    def _train_epoch(
        self, epoch: int, first_step: int, until: int | None, with_state: frozenset[int]
    ) -> None:
        order, batch_size = self._orders[TRAIN], self._plan.batch_sizes[0]
        a_pass = -(-order.total // batch_size)
        steps = self._plan.steps_per_epoch or a_pass
        last = steps if until is None else min(until, steps)
        names = self._program.graphs[TRAIN].outputs
        shares, current = None, -1
        if first_step == 0:
            self._reset()
        self._watch.begin()
        for step in range(first_step, last):
            number, place = divmod(epoch * steps + step, a_pass)
            if shares is None or number != current:
                positions = order.positions(number, self._plan.shuffle)
                shares, current = EpochShares(positions, order.total, batch_size), number
            self._upload_behind(epoch, step, with_state)
            self._snapshot.take(epoch, step)
            begin = time.perf_counter()
            batch = self._shards[TRAIN].batch(shares[place].rows)
            self._watch.picked(begin)
            outputs = self._run(TRAIN, batch, shares[place])
            self._watch.stepped(shares[place].global_batch)
            logs = {n: float(v) for n, v in zip(names, outputs, strict=True) if v.size == 1}
            self._recent.append((epoch, step, logs))
            if self._worker == 0:
                self._member.step_done(epoch, step, logs, self._watch.so_far)
        self._member.report(self._watch.so_far)
        self._snapshot.take(epoch, last, now=True)
        self._upload_behind(epoch, last, with_state)

    def _upload_behind(self, epoch: int, step: int, with_state: frozenset[int]) -> None:
        """Before `step`: give the driver the state if it wants that behind the last step.

        Here and not after a step, because the generation that did the step may not have lived to upload it.
        """
        if self._worker == 0 and step - 1 in with_state:
            self._member.report(self._watch.so_far)
            self._member.upload(epoch, step - 1, self._program.state)

    def _finish_epoch(self, epoch: int, validates: bool) -> dict[str, np.ndarray]:
        state = self._program.state
        uploads = {f"state:{name}": value.copy() for name, value in state.items()}
        if validates and VALIDATION in self._shards and epoch in self._plan.validate:
            self._reset()
            order = self._orders[VALIDATION]
            shares = EpochShares(order.positions(0, False), order.total, self._plan.batch_sizes[1])
            for step in range(min(self._plan.validation_steps or len(shares), len(shares))):
                batch = self._shards[VALIDATION].batch(shares[step].rows)
                self._run("test", batch, shares[step])
            uploads |= {f"validation:{name}": state[name].copy() for name in self._plan.reset}
        return uploads

    def _run(self, graph: str, batch: list[np.ndarray], share: Share) -> list[np.ndarray]:
        special: Mapping[str, Any] = {
            "global_batch": np.float32(share.global_batch),
            "batch_rows": share.batch_rows,
            "world_size": np.float32(self._plan.workers),
        }
        asked = {tensor.name for tensor in self._program.graphs[graph].special_tensors}
        return self._session.run(graph, batch, **{n: v for n, v in special.items() if n in asked})

    def _reset(self) -> None:
        for name, value in self._first.items():
            self._program.state[name][...] = value
