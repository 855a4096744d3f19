"""Processes on several hosts that measure together, told by lines of JSON what to do.

Hosts are this machine or emulated ones. A process says its ports, hears the places of all, says that it is ready, and
then answers each line of its input with a line.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hosts import Hosts

RATES = {"hosts, unlimited": None, "1 Gbit/s": "1gbit"}
SETTINGS = ["shared memory", "loopback", *RATES]


class Ranks:
    """Processes that run `command RANK ADDRESS`, one on each of `places`: (address, what goes before the command)."""

    def __init__(self, command: Sequence[str], places: Sequence[tuple[str, list[str]]]):
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        self._processes = [
            subprocess.Popen(
                [*before, *command, str(rank), address],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=environment,
            )
            for rank, (address, before) in enumerate(places)
        ]
        self._addresses = [address for address, _ in places]

    def connect(self, interface: str) -> None:
        ports = [answer["ports"] for answer in self._answers()]
        places = list(zip(self._addresses, ports, strict=True))
        self.ask(places=places, interface=interface, port=20_000 + os.getpid() % 10_000)

    def ask(self, **message: Any) -> list[dict[str, Any]]:
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write(json.dumps(message) + "\n")
            process.stdin.flush()
        return self._answers()

    def close(self) -> None:
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.close()
        for process in self._processes:
            process.wait(30)

    def kill(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()

    def _answers(self) -> list[dict[str, Any]]:
        lines = []
        for process in self._processes:
            assert process.stdout is not None
            lines.append(process.stdout.readline())
        if not all(lines):
            raise RuntimeError("a rank ended; its error is above")
        return [json.loads(line) for line in lines]


@contextmanager
def places_of(setting: str, world: int) -> Iterator[tuple[list[tuple[str, list[str]]], str]]:
    """(address, what goes before a command) of each rank, and the name of the network interface."""
    if setting not in RATES:
        yield [("127.0.0.1", [])] * world, "lo"
        return
    with Hosts(world, RATES[setting]) as hosts:
        yield [(hosts.address(i), hosts.inside(i)) for i in range(world)], "eth0"


class Voice:
    """The other side of `Ranks`: what a process hears and says."""

    def __init__(self) -> None:
        self._answers = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)  # what libraries print must not mix with the answers

    def say(self, **message: Any) -> None:
        self._answers.write(json.dumps(message) + "\n")
        self._answers.flush()

    def hear(self) -> dict[str, Any]:
        return json.loads(sys.stdin.readline())

    def serve(self, answer: Callable[..., dict[str, Any]]) -> None:
        """Answer until nothing is asked any more."""
        self.say(ready=True)
        for line in sys.stdin:
            self.say(**answer(**json.loads(line)))
