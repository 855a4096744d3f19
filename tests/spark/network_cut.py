"""A cut of the network between hosts during a training: ``python -m tests.spark.network_cut --seconds 30``.

The driver's coordinator and two workers, each a process on an emulated host of its own (network namespaces, so it takes
root), without Spark's own processes. In the second of two trainings one host loses its network for a while: packets
vanish and no connection is closed. The script says how long nothing happened, how many workers were replaced, and
whether losses and weights equal, bit for bit, those of the training that nobody disturbed.

With the default deadlines a cut of 30 s is outlasted. With `quick` ones the host is given up, another worker takes its
place, as Spark's retry does, and the training goes on from the step that was in flight.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import pickle
import subprocess
import sys
import threading
import time
from contextlib import ExitStack

import numpy as np

from benchmarks.hosts import Hosts
from bigdl_backend.spark.coordinator import Coordinator
from bigdl_backend.spark.deadlines import Deadlines
from bigdl_backend.spark.events import EpochDone, Event, Failed, Lost, StepDone
from tests.backend.spark import gang
from tests.backend.spark.test_training import losses_of, plan_for, state_of

ROWS, EPOCHS, CUT_AT = 2400, 2, 60  # the step of the first epoch
LIMIT = 200.0  # seconds without any event, after which a training counts as hanging
PATIENCE = {"default": Deadlines(), "quick": Deadlines(silence=6, beat=1, exchange=30)}


class Run:
    """One training of two workers on hosts 1 and 2; the driver is on host 0, where this process is."""

    def __init__(self, hosts: Hosts, deadlines: Deadlines, cut_for: float = 0.0):
        self._hosts, self._deadlines, self._cut_for = hosts, deadlines, cut_for
        self._cut_at: float | None = None
        self._last = 0.0
        self.events: list[Event] = []
        self.longest_pause = 0.0  # between two steps since the cut

    def train(self) -> Run:
        datasets = [gang.dataset("train", ROWS)]
        own = self._hosts.address(0)
        with ExitStack() as stack:
            coordinator = stack.enter_context(
                Coordinator(2, {}, deadlines=self._deadlines, host=own, bind=own)
            )
            plan = plan_for(coordinator, 2, datasets, deadlines=self._deadlines)

            def start(worker: int, host: int) -> None:
                command = [*self._hosts.inside(host), sys.executable, gang.__file__]
                process = subprocess.Popen(command, stdin=subprocess.PIPE)
                stack.callback(process.wait)
                stack.callback(process.kill)
                assert process.stdin is not None
                process.stdin.write(pickle.dumps((plan, worker, [ROWS])))
                process.stdin.close()

            start(0, 1)
            start(1, 2)
            while not self._over():
                event = coordinator.next_event(timeout=LIMIT)
                self.events.append(event)
                if isinstance(event, StepDone):
                    self._step(event)
                elif isinstance(event, Lost):
                    start(1, 1)
                elif isinstance(event, EpochDone) and event.epoch + 1 < EPOCHS:
                    coordinator.proceed(event.epoch + 1, state_of(event))
            coordinator.finish()
        return self

    def _over(self) -> bool:
        last = self.events[-1] if self.events else None
        return isinstance(last, Failed) or (
            isinstance(last, EpochDone) and last.epoch + 1 == EPOCHS
        )

    def _step(self, event: StepDone) -> None:
        now = time.monotonic()
        if self._cut_at is not None:
            self.longest_pause = max(self.longest_pause, now - self._last)
        elif self._cut_for and (event.epoch, event.step) == (0, CUT_AT):
            self._cut_at = now
            threading.Thread(target=self._cut, daemon=True).start()
        self._last = now

    def _cut(self) -> None:
        self._hosts.cut(2)
        time.sleep(self._cut_for)
        self._hosts.mend(2)


def move_to(namespace: str) -> None:
    """Have the network of a namespace from now on (in threads that start later, too)."""
    with open(f"/run/netns/{namespace}") as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), 0) != 0:
            raise OSError(ctypes.get_errno(), f"setns to {namespace}")


def main() -> int:
    """Run what the arguments say; 0 if the training ended with the weights of the undisturbed one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--deadlines", choices=PATIENCE, default="default")
    given = parser.parse_args()
    deadlines = PATIENCE[given.deadlines]
    with Hosts(3) as hosts:
        move_to(hosts.name(0))
        expected = Run(hosts, deadlines).train().events
        run = Run(hosts, deadlines, given.seconds).train()
    end, found = run.events[-1], run.events
    result = {
        "cut_s": given.seconds,
        "deadlines": given.deadlines,
        "longest_pause_s": round(run.longest_pause, 1),
        "workers_replaced": sum(isinstance(event, Lost) for event in found),
        "end": end.reason if isinstance(end, Failed) else "trained",
    }
    equal = False
    if isinstance(end, EpochDone):
        state = state_of(end)
        equal = losses_of(found) == losses_of(expected) and all(
            np.array_equal(value, state[name]) for name, value in state_of(expected[-1]).items()
        )
    print(json.dumps({**result, "equal": equal}))  # noqa: T201
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
