"""A training step on Spark against the same step in one process, two workers against one, and where its time goes.

    python benchmarks/spark_step.py [--models lenet resnet50] [--rounds 3]

Setups take turns, each in a process of its own:

    local            one process, one core
    2 x local        two such processes that know nothing of each other, at the same time: what the machine has
                     to give to two workers
    1 worker         one executor of one core
    2 workers        two executors of one core; twice the rows a step, so perfect scaling keeps the time of a step
    local, k cores   one process on all cores
    1 worker, k cores  one executor with all cores

Times are of steps behind the first epoch, which starts the workers and reads the rows, from one step's begin to the
next one's in the same epoch. On a machine that others use, too, the fastest tenth of the steps of the fastest run
counts. What other programs disturb least is processor time ("cpu", "exchange_cpu", "jvm_cpu": milliseconds a step and
worker, counted over whole epochs): of the workers, of their threads that sum gradients, of the JVMs of executors and
driver. "exchange" is how long sums are under way in a step, most of it beside "compute"; what they cost is in
"exchange_cpu", which a worker of one core takes from "compute", and in "wait".
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean

import numpy as np
from models import MODELS
from process_times import processor_seconds
from report import Report, table

CORES = len(os.sched_getaffinity(0))
# Name: workers (0: no Spark), processes of it at the same time, cores of each.
SETUPS = {
    "local": (0, 1, 1),
    "2 x local": (0, 2, 1),
    "1 worker": (1, 1, 1),
    "2 workers": (2, 1, 1),
    f"local, {CORES} cores": (0, 1, CORES),
    f"1 worker, {CORES} cores": (1, 1, CORES),
}
PHASES = ("ingest", "compute", "wait", "update", "schedule")
COLUMNS = (
    "model",
    "setup",
    "rows",
    "steps",
    "ms",
    *PHASES,
    "exchange",
    "cpu",
    "exchange_cpu",
    "jvm_cpu",
)


def main():
    args = parse_arguments()
    if args.run:
        name, workers, cores, seconds = args.run
        print(json.dumps(run(name, int(workers), int(cores), float(seconds))))
        return
    report = Report("spark_step", packages=["numpy", "pyspark"])
    report.about["ratios"] = ratios = []
    for name in args.models:
        rows = measure(name, args)
        report.rows += rows.values()
        ratios.append(compare(name, rows))
    report.write(args.output, COLUMNS)
    print("", table(ratios), sep="\n")
    with report.picture(args.output, height=1 + len(report.rows) / 3) as figure:
        draw(figure.subplots(), report.rows)


def measure(name, args):
    """For each setup the row of the report with the fastest step."""
    best = {}
    for _ in range(args.rounds):
        for setup, (workers, copies, cores) in SETUPS.items():
            if setup not in args.setups:
                continue
            found = together([(name, workers, cores, args.seconds)] * copies)
            slowest = max(found, key=lambda result: result["ms"])
            rows = MODELS[name].batch * max(workers, 1)
            row = {"model": name, "setup": setup, "rows": rows, **slowest}
            if setup not in best or row["ms"] < best[setup]["ms"]:
                best[setup] = row
    return best


def together(runs):
    """Results of runs at the same time; several are pinned to a core each."""
    started = []
    for core, arguments in enumerate(runs):
        command = [sys.executable, __file__, "--run", *map(str, arguments)]
        if len(runs) > 1:
            command = ["taskset", "-c", str(sorted(os.sched_getaffinity(0))[core]), *command]
        environment = {**os.environ, "OMP_NUM_THREADS": str(arguments[2])}
        started.append(
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        )
    return [json.loads(process.communicate()[0].splitlines()[-1]) for process in started]


def compare(name, rows):
    """What the targets are about; of one model."""

    def ratio(one, other, key="ms"):
        found = {one, other} <= rows.keys() and rows[other][key]
        return round(rows[one][key] / rows[other][key], 3) if found else None

    row = rows.get("2 workers", {})
    blocked = sum(row.get(phase, 0.0) for phase in ("update", "wait"))
    return {
        "model": name,
        "2 workers": ratio("1 worker", "2 workers"),
        "2 workers, by cpu": ratio("1 worker", "2 workers", "cpu"),
        "2 x local": ratio("local", "2 x local"),
        "2 workers against 2 x local": ratio("2 x local", "2 workers"),
        "Spark / local, 1 core": ratio("1 worker", "local"),
        f"Spark / local, {CORES} cores": ratio(f"1 worker, {CORES} cores", f"local, {CORES} cores"),
        "exchange + update + wait": (
            round((row["exchange_cpu"] + blocked) / row["ms"], 4) if row else None
        ),
    }


def run(name, workers, cores, seconds):
    """Milliseconds of a step by phase and processor."""
    import bigdl_keras as keras

    workload, copies = MODELS[name], max(workers, 1)
    keras.utils.set_random_seed(1)
    model = workload.build(keras)
    model.compile(optimizer="adam", loss=workload.loss)
    # Steps and their phases are seen within an epoch only: many in it, where the memory allows.
    steps = min(40, 4 * workload.batches)
    x, y = workload.data(workload.batch * copies * steps, np.random.default_rng(0))
    watch = watch_of(keras, seconds)
    arguments = {
        "batch_size": workload.batch * copies,
        "epochs": 10_000,
        "verbose": 0,
        "callbacks": [watch],
    }
    if workers == 0:
        model.fit(x, y, **arguments)
        ms = fastest(np.concatenate([np.diff(times) for times in watch.ends[1:]]))
        return {"ms": ms, **watch.processors(1)}
    from bigdl_keras.spark import session

    spark = session(
        master=f"local-cluster[{workers},{cores},2048]",
        app_name="benchmark",
        spark_driver_memory="2g",
        spark_ui_enabled="false",
    )
    with tempfile.TemporaryDirectory() as folder:
        frame = as_dataframe(spark, x, y, Path(folder) / "rows.parquet")
        trace = Path(folder) / "trace.json"
        columns = {"feature_cols": ["x"], "label_cols": ["y"], "num_workers": workers}
        history = model.fit(frame, **columns, trace_file=trace, **arguments)
        spark.stop()
        split = fastest_steps(trace)
    under_way = min(mean(epoch["exchange"]) for epoch in history.phases[1:])
    split["exchange"] = round(1e3 * under_way / steps, 3)
    return {**split, **watch.processors(workers)}


def fastest(seconds):
    """Milliseconds: the mean of the fastest tenth, at least three."""
    ordered = np.sort(seconds)
    return round(1e3 * float(ordered[: max(3, len(ordered) // 10)].mean()), 3)


def fastest_steps(trace):
    """Milliseconds of the fastest tenth of the steps and of their phases, means over the workers."""
    workers = {}
    for event in json.loads(trace.read_text()):
        if event["ph"] == "X" and event["args"]["epoch"] > 0:
            key = (event["args"]["epoch"], event["args"]["step"])
            step = workers.setdefault(event["pid"], {}).setdefault(key, {})
            step[event["name"]] = event["dur"] / 1e3
            step.setdefault("begin", event["ts"] / 1e3)
    steps = []
    for epoch, number in next(iter(workers.values())):
        following = (epoch, number + 1)
        if all(following in own for own in workers.values()):
            pairs = [(own[epoch, number], own[following]) for own in workers.values()]
            means = {phase: mean(now[phase] for now, _ in pairs) for phase in PHASES[:-1]}
            means["ms"] = mean(later["begin"] - now["begin"] for now, later in pairs)
            means["schedule"] = means["ms"] - sum(means[phase] for phase in PHASES[:-1])
            steps.append(means)
    steps.sort(key=lambda means: means["ms"])
    chosen = steps[: max(3, len(steps) // 10)]
    return {key: round(mean(step[key] for step in chosen), 3) for key in ("ms", *PHASES)}


def watch_of(keras, seconds):
    class Watch(keras.callbacks.Callback):
        """When steps ended; ends the training so many seconds after its first epoch.

        Processor time is counted from the end of that epoch.
        """

        def __init__(self):
            super().__init__()
            self.ends, self.used, self.steps = [], [], 0

        def on_epoch_begin(self, epoch, logs=None):
            self.ends.append([])

        def on_train_batch_end(self, batch, logs=None):
            self.ends[-1].append(time.perf_counter())

        def on_epoch_end(self, epoch, logs=None):
            self.used.append(processor_seconds())
            if epoch > 0:
                self.steps += len(self.ends[-1])
                self.model.stop_training = self.ends[-1][-1] > self.ends[0][-1] + seconds

        def processors(self, workers):
            used = {
                kind: 1e3 * (self.used[-1][kind] - self.used[0][kind]) / self.steps / workers
                for kind in self.used[-1]
            }
            own = "workers" if used["java"] else "main"
            named = {"cpu": own, "exchange_cpu": "exchange", "jvm_cpu": "java"}
            return {"steps": self.steps, **{key: round(used[k], 3) for key, k in named.items()}}

    return Watch()


def as_dataframe(spark, x, y, path):
    import pyarrow as pa
    import pyarrow.parquet

    flat = pa.array(x.reshape(-1))
    offsets = pa.array(np.arange(len(x) + 1, dtype="int32") * (x.size // len(x)))
    table = pa.table({"x": pa.ListArray.from_arrays(offsets, flat), "y": np.asarray(y).reshape(-1)})
    pyarrow.parquet.write_table(table, path, row_group_size=2048)
    return spark.read.parquet(str(path))


def draw(axes, rows):
    rows = [row for row in rows if "compute" in row]
    places = range(len(rows))[::-1]
    left = np.zeros(len(rows))
    for phase in PHASES:
        widths = np.array([row[phase] / row["ms"] for row in rows])
        axes.barh(places, widths, left=left, label=phase)
        left += widths
    axes.set_yticks(places, [f"{row['model']}: {row['setup']}" for row in rows])
    axes.set_xlabel("share of a step")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(PHASES))


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    defaults = ["mlp", "lenet", "inception", "resnet50"]
    parser.add_argument("--models", nargs="+", choices=list(MODELS), default=defaults)
    parser.add_argument("--setups", nargs="+", choices=list(SETUPS), default=list(SETUPS))
    parser.add_argument("--seconds", type=float, default=8.0, help="of each run")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--output", type=Path, default=Path("build/benchmarks/spark_step.json"))
    parser.add_argument("--run", nargs=4, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
