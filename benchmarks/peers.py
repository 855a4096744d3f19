"""The processes of the subjects, seen from the one that asks them in turn."""

import json
import os
import subprocess
from pathlib import Path


class Peer:
    """A process that holds one subject, pinned to the first `threads` processors.

    Args:
        python: its interpreter.
        library, model, precision: see `subjects.subject`.
        threads: processors and threads.
        turn: seconds that a turn of training should take.
        clock: "wall" or "processor".
        log: where its standard error goes.

    Attributes:
        facts: what it told when it was ready; empty: it failed before.
    """

    def __init__(self, python, library, model, precision, threads, turn, clock, log):
        environment = {
            **os.environ,
            "OMP_NUM_THREADS": str(threads),
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "TURN_SECONDS": str(turn),
            "CLOCK": clock,
        }
        if library != "bigdl_keras":
            environment["KERAS_BACKEND"] = library
        processors = ",".join(map(str, sorted(os.sched_getaffinity(0))[:threads]))
        script = Path(__file__).with_name("serve.py")
        self._process = subprocess.Popen(
            ["taskset", "-c", processors, python, str(script), library, model, precision],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment,
        )
        line = self._process.stdout.readline()
        self.facts = json.loads(line) if line else {}

    def ask(self, task):
        """What it measures; see the tasks of `serve`."""
        self._process.stdin.write(f"{task}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a subject ended with {self._process.wait()}; see its log")
        return json.loads(line)

    def close(self):
        self._process.stdin.close()
        self._process.wait(timeout=60)
