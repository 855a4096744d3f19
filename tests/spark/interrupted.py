"""A training that somebody stops: prints one JSON line; `tests.spark.test_interrupt` sends the signal."""

import json
import os
import sys
import threading
import time
from pathlib import Path

import numpy as np
from pyspark.sql.utils import is_remote

from bigdl_keras import callbacks
from tests.spark.conftest import session_of
from tests.spark.models import COLUMNS, frame_of, mlp, rows

ENDLESS = 1_000_000


class Seen(callbacks.Callback):
    """Says that training is under way, and when told to, waits to be interrupted."""

    def __init__(self):
        super().__init__()
        self.steps = 0

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        if self.steps == 50:
            print("training", flush=True)  # noqa: T201


def sockets():
    """The TCP and Unix sockets of this process."""
    found = set()
    for file in Path("/proc/self/fd").iterdir():
        try:
            target = os.readlink(file)
        except FileNotFoundError:
            continue  # the listing's own
        if target.startswith("socket:"):
            found.add(target)
    return found


def _active_jobs(spark):
    return spark.sparkContext.statusTracker().getActiveJobsIds()


def main(mode):
    spark = session_of(mode)
    x, y = rows(400)
    frame = frame_of(spark, x, y).persist()
    model, seen = mlp(), Seen()
    arguments = {"batch_size": 10, "num_workers": 2, "verbose": 0, "seed": 4, **COLUMNS}
    model.fit(frame, epochs=1, **arguments)
    iterations = int(model.optimizer.iterations.numpy())
    before, threads = sockets(), set(threading.enumerate())
    interrupted = 0.0
    try:
        model.fit(frame, epochs=ENDLESS, callbacks=[seen], **arguments)
    except KeyboardInterrupt:
        interrupted = time.time()
    jobs = spark.interruptAll() if is_remote() else _active_jobs(spark)
    time.sleep(1.0)
    result = {
        "interrupted": interrupted,
        "jobs": list(jobs),
        "seen": seen.steps,
        "kept": int(model.optimizer.iterations.numpy()) - iterations,
        "finite": bool(all(np.isfinite(w).all() for w in model.get_weights())),
        "sockets": len(sockets() - before),
        "threads": [t.name for t in threading.enumerate() if t not in threads],
    }
    print(json.dumps(result), flush=True)  # noqa: T201
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1])
