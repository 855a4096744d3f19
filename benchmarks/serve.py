"""The process of one subject: prepares it, tells what that took, then answers questions with seconds.

    python serve.py LIBRARY MODEL PRECISION

A line of input names what to do, a line of JSON answers.
"""

import json
import math
import os
import sys
import time

import numpy as np
from models import MODELS
from subjects import rows_of, subject

# Seconds that a turn should take: enough to be told from the clock's and the scheduler's noise.
TURN = float(os.environ.get("TURN_SECONDS", "0.5"))
clock = time.process_time if os.environ.get("CLOCK") == "processor" else time.perf_counter


def main(library, name, precision):
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print must not mix with the answers
    workload = MODELS[name]
    batch = workload.batch
    x, y = workload.data(batch * workload.batches, np.random.default_rng(0))
    first_x, first_y = rows_of(x, batch), y[:batch]

    seconds, runner = timed(lambda: subject(library, name, precision))
    ready = {"versions": runner.versions, "import_s": seconds}
    ready["build_s"], _ = timed(runner.build)
    ready["first_step_s"], _ = timed(lambda: runner.train(first_x, first_y))

    def train(steps):
        runner.train(rows_of(x, steps * batch), y[: steps * batch])

    def predict(steps):
        runner.predict(rows_of(x, steps * batch))

    steps = steps_of_turn(train, TURN, workload.batches)
    ready["peak_mb"] = peak_megabytes()
    predict(1)
    predict_steps = steps_of_turn(predict, TURN / 2, workload.batches)
    ready.update(runner.facts(first_x, first_y))
    answers.write(json.dumps(ready) + "\n")

    one = rows_of(x, 1)
    tasks = {
        "train": lambda: timed(lambda: train(steps))[0] / steps,
        "predict": lambda: timed(lambda: predict(predict_steps))[0] / predict_steps,
        "one": lambda: fastest(lambda: runner.predict(one)),
        "call": lambda: fastest(lambda: runner.call(one)),
        "peak": runner.peak,
    }
    for line in sys.stdin:
        answers.write(json.dumps(tasks[line.strip()]()) + "\n")


def timed(function):
    """Seconds of a call, and its result."""
    start = clock()
    result = function()
    return clock() - start, result


def fastest(function):
    """Seconds of the fastest of the calls that a fraction of a turn allows; at least five, as some prepare things."""
    until = clock() + TURN / 4
    best, calls = float("inf"), 0
    while calls < 5 or clock() < until:
        best, calls = min(best, timed(function)[0]), calls + 1
    return best


def steps_of_turn(run, seconds, most):
    """How many steps take as long as a turn, by what a step adds: some libraries take long to begin with the first.

    Args:
        run: runs a number of steps.
        seconds: of a turn.
        most: the most steps.
    """
    count, took = 1, timed(lambda: run(1))[0]
    while True:
        more = min(most, 2 * count)
        longer = timed(lambda steps=more: run(steps))[0]
        step = max((longer - took) / (more - count), longer / more / 20)
        count, took = more, longer
        if took >= seconds or count == most:
            return max(1, min(most, math.ceil(seconds / step)))


def peak_megabytes():
    """The most memory this process had at once."""
    with open("/proc/self/status") as file:
        kilobytes = next(line.split()[1] for line in file if line.startswith("VmHWM"))
    return int(kilobytes) * 1024 / 1e6


if __name__ == "__main__":
    main(*sys.argv[1:])
