"""Random faults over one training on real executors: ``python -m tests.spark.chaos --faults 100``.

Processes of workers and executors are killed or paused and connections cut, at random moments from the reading of the
rows to the last step. At the end every weight must equal, bit for bit, that of a training that nobody disturbed. A
fault that this system cannot do (``ss -K`` takes root) is said and left out.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from bigdl_keras import callbacks
from tests.spark.hard_training import Disturbance, compare
from tests.spark.processes import Processes


class Chaos(Disturbance):
    """Strikes until it has struck `faults` times or is stopped."""

    def __init__(self, faults: int, seed: int):
        super().__init__()
        self._faults, self._random = faults, random.Random(seed)
        self._kinds: dict[str, tuple[int, Callable[[], bool]]] = {
            "worker killed": (8, lambda: self._signal(Processes().workers(), signal.SIGKILL)),
            "executor killed": (3, lambda: self._signal(Processes().executors(), signal.SIGKILL)),
            "worker paused for a while": (4, lambda: self._pause(Processes().workers())),
            "worker paused for ever": (2, lambda: self._signal(Processes().workers(), signal.SIGSTOP)),
            "executor paused for a while": (2, lambda: self._pause(Processes().executors())),
            "driver paused for a while": (1, self._pause_driver),
        }  # fmt: skip
        if shutil.which("ss") and os.geteuid() == 0:
            self._kinds["connection cut"] = (4, self._cut)
        else:
            print("connections are not cut: that takes root and `ss`")  # noqa: T201

    def run(self) -> None:
        names, weights = list(self._kinds), [weight for weight, _ in self._kinds.values()]
        while self.done.total() < self._faults:
            if self.over.wait(self._random.expovariate(1 / 1.5)):
                return
            kind = self._random.choices(names, weights)[0]
            if self._kinds[kind][1]():
                self.done[kind] += 1

    def _signal(self, processes: list[int], number: int) -> bool:
        if not processes:
            return False
        try:
            os.kill(self._random.choice(processes), number)
        except ProcessLookupError:
            return False
        return True

    def _pause(self, processes: list[int]) -> bool:
        if not processes:
            return False
        process = self._random.choice(processes)
        if not self._signal([process], signal.SIGSTOP):
            return False
        self.over.wait(self._random.uniform(0.1, 2))
        self._signal([process], signal.SIGCONT)
        return True

    def _pause_driver(self) -> bool:
        """Stop this very process, by another that lets it go on."""
        seconds = self._random.uniform(0.5, 3)
        script = f"kill -STOP {os.getpid()}; sleep {seconds}; kill -CONT {os.getpid()}"
        subprocess.run(["sh", "-c", script], check=True)
        return True

    def _cut(self) -> bool:
        """Reset one TCP connection of one worker: to the driver, to another worker or to its executor."""
        workers = Processes().workers()
        listed = subprocess.run(["ss", "-tnpH"], capture_output=True, text=True, check=True).stdout
        ports = [
            line.split()[3].rpartition(":")[2]
            for line in listed.splitlines()
            if any(f"pid={worker}," in line for worker in workers)
        ]
        if not ports:
            return False
        port = self._random.choice(ports)
        subprocess.run(
            ["ss", "-K", "-tn", "sport", "=", f":{port}"], capture_output=True, check=True
        )
        return True


class Until(callbacks.Callback):
    """Slows the epochs down while `chaos` has faults left, so that they meet a training."""

    def __init__(self, chaos: Chaos, faults: int, epochs: int):
        super().__init__()
        self._chaos, self._faults, self._epochs = chaos, faults, epochs

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        due = self._faults * (epoch + 1) // self._epochs
        while self._chaos.is_alive() and self._chaos.done.total() < due:
            time.sleep(0.05)


def main() -> int:
    """Run what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--patience", type=float, default=1, help="see hard_training.compare")
    given = parser.parse_args()
    chaos = Chaos(given.faults, given.seed)
    slow_down = Until(chaos, given.faults, given.epochs)
    return compare(given.epochs, chaos, [slow_down], patience=given.patience)


if __name__ == "__main__":
    sys.exit(main())
