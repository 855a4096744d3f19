"""A training step on Spark against the same step in one process, and two workers against one.

    python benchmarks/spark_step.py [--models lenet] [--batch 128]

Every worker has one core and `--batch` rows of its own in each step, so perfect scaling keeps the time of a step. Runs
take turns (local, one worker, two workers, local, ...), each in a process of its own, and the fastest epoch counts;
the first epoch of a run, which starts the workers and reads the rows, is reported apart.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

SETUPS = {"local": 0, "spark, 1 worker": 1, "spark, 2 workers": 2}


def main():
    args = parse_arguments()
    if args.run:
        print(json.dumps(run(*args.run[:1], *map(int, args.run[1:]))))
        return
    rows = [row for name in args.models for row in measure(name, args)]
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_text(json.dumps(rows, indent=1))
    print("| model | setup | rows a step | ms a step | rows/s | efficiency | first epoch, s |")
    print("|---|---|---|---|---|---|---|")
    for r in rows:
        print(
            f"| {r['model']} | {r['setup']} | {r['batch']} | {r['ms_per_step']} | {r['rows_per_s']} "
            f"| {r['efficiency']} | {r['first_epoch_s']} |"
        )


def measure(name, args):
    best = {}
    for _ in range(args.rounds):
        for setup, workers in SETUPS.items():
            command = [
                sys.executable,
                __file__,
                "--run",
                name,
                workers,
                args.batch,
                args.steps,
                args.epochs,
            ]
            done = subprocess.run(
                [str(part) for part in command],
                stdout=subprocess.PIPE,
                text=True,
                check=True,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
            )
            seconds = json.loads(done.stdout.splitlines()[-1])
            first, later = seconds[0], min(seconds[1:])
            if setup not in best or later < best[setup][1]:
                best[setup] = (first, later)
    rates = {
        setup: max(workers, 1) * args.batch * args.steps / best[setup][1]
        for setup, workers in SETUPS.items()
    }
    return [
        {
            "model": name,
            "setup": setup,
            "batch": max(workers, 1) * args.batch,
            "ms_per_step": round(1e3 * best[setup][1] / args.steps, 2),
            "rows_per_s": round(rates[setup]),
            # Against as many times the rate of the local run.
            "efficiency": round(rates[setup] / (max(workers, 1) * rates["local"]), 3),
            "first_epoch_s": round(best[setup][0], 2),
        }
        for setup, workers in SETUPS.items()
    ]


def run(name, workers, batch, steps, epochs):
    """Seconds of each epoch."""
    from models import MODELS

    import bigdl_keras as keras

    keras.utils.set_random_seed(1)
    workload = MODELS[name]
    model, make_data, loss = workload.build(keras), workload.data, workload.loss
    model.compile(optimizer="adam", loss=loss)
    rows = batch * steps * max(workers, 1)
    x, y = make_data(rows, np.random.default_rng(0))
    timer = timer_of(keras)
    arguments = {
        "batch_size": batch * max(workers, 1),
        "epochs": epochs,
        "verbose": 0,
        "callbacks": [timer],
    }
    if workers == 0:
        model.fit(x, y, **arguments)
        return timer.seconds
    from bigdl_keras.spark import session

    spark = session(master=f"local-cluster[{workers},1,2048]", app_name="benchmark")
    frame = as_dataframe(spark, x, y)
    model.fit(frame, feature_cols=["x"], label_cols=["y"], num_workers=workers, **arguments)
    spark.stop()
    return timer.seconds


def as_dataframe(spark, x, y):
    import tempfile

    import pyarrow as pa
    import pyarrow.parquet

    flat = pa.array(x.reshape(-1))
    offsets = pa.array(np.arange(len(x) + 1, dtype="int32") * (x.size // len(x)))
    path = Path(tempfile.mkdtemp()) / "rows.parquet"
    table = pa.table({"x": pa.ListArray.from_arrays(offsets, flat), "y": np.asarray(y).reshape(-1)})
    pyarrow.parquet.write_table(table, path, row_group_size=2048)
    return spark.read.parquet(str(path))


def timer_of(keras):
    class Timer(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.seconds = []

        def on_epoch_begin(self, epoch, logs=None):
            self.start = time.perf_counter()

        def on_epoch_end(self, epoch, logs=None):
            self.seconds.append(time.perf_counter() - self.start)

    return Timer()


def parse_arguments():
    from models import MODELS

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", choices=list(MODELS), default=["mlp", "lenet"])
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--output", type=Path, default=Path("build/benchmarks/spark_step.json"))
    parser.add_argument("--run", nargs=5, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
