"""Reading a Parquet column into the arrays that a model trains on, against other ways to read it.

    python benchmarks/ingest.py [--megabytes 200] [--rounds 3]

Every way runs in a process of its own on one core (Spark with its JVM on the same one) and takes turns with the
others; the cheapest of all passes counts, as a JVM that has just started is slow. "bigdl_keras" is all that happens
before the first step: the checks, Spark's reading, Arrow batches to the worker, rows into its storage; in memory, in
files, and dealt out by the shuffle that there is where more than one task can run. "worker's part" is from Arrow
batches to the storage. "petastorm style" is the loop of its readers, written with pyarrow: row groups into rows, rows
into batches.

Rates are per second of processor time, of all processes of a way together: other programs disturb it less than
"seconds", which is what a clock on the wall says. Peak memory is that of the Python process that ends with the rows;
"executor" is the most that the JVM and its Python workers held at once or one after the other.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from process_times import peak_memory, processor_seconds
from report import Report

WIDTH = 784
ROW_GROUP = 2048
BATCH = 128
PASSES = 12


def main():
    args = parse_arguments()
    if args.run:
        way, path = args.run
        print(json.dumps(WAYS[way](path)))
        return
    report = Report("ingest", packages=["numpy", "pyarrow", "pyspark", "pandas"])
    rows = int(args.megabytes * 1e6 / (4 * WIDTH))
    with tempfile.TemporaryDirectory() as folder:
        path = write_parquet(Path(folder) / "rows.parquet", rows)
        report.rows += measure(path, rows, args.rounds)
    report.write(args.output)
    with report.picture(args.output) as figure:
        axes = figure.subplots()
        shown = report.rows[::-1]
        axes.barh([row["way"] for row in shown], [row["mb_per_s"] for row in shown])
        axes.set_xscale("log")
        axes.set_xlabel("MB a second on one core")


def measure(path, rows, rounds):
    best = {}
    core = str(max(os.sched_getaffinity(0)))
    for _ in range(rounds):
        for way in WAYS:
            command = ["taskset", "-c", core, sys.executable, __file__, "--run", way, str(path)]
            environment = {**os.environ, "OMP_NUM_THREADS": "1"}
            done = subprocess.run(
                command, stdout=subprocess.PIPE, text=True, check=True, env=environment
            )
            for name, found in json.loads(done.stdout.splitlines()[-1]).items():
                if name not in best or found["cpu_s"] < best[name]["cpu_s"]:
                    best[name] = found
    return [
        {
            "way": name,
            "rows_per_s": round(rows / found["cpu_s"]),
            "mb_per_s": round(rows * WIDTH * 4e-6 / found["cpu_s"], 1),
            **found,
        }
        for name, found in best.items()
    ]


class Passes:
    """Times of the same work done again and again; the cheapest pass counts."""

    def __init__(self):
        self.wall, self.cpu = [], []

    def __enter__(self):
        self._start = time.perf_counter(), all_processors()

    def __exit__(self, *_):
        self.wall.append(time.perf_counter() - self._start[0])
        self.cpu.append(all_processors() - self._start[1])

    def best(self, **memory):
        return {"cpu_s": round(min(self.cpu), 3), "seconds": round(min(self.wall), 3), **memory}


def all_processors():
    used = processor_seconds()
    return time.process_time() + used["java"] + used["workers"]


def ingest(path, name, budget=1 << 40, one_slot=True):
    """From the DataFrame to the rows in one worker's storage."""
    from bigdl_backend.spark.columns import Use, check_columns
    from bigdl_backend.spark.distribute import distribute_frames
    from bigdl_backend.spark.ingest import DataSet

    spark = start_spark()
    frame = spark.read.parquet(path)
    uses = [Use("x", ("x",), "float32", (WIDTH,)), Use("y", ("y",))]
    whole, checks, own, peaks = Passes(), Passes(), [], []
    for _ in range(PASSES):
        with whole:
            with checks:
                checked = check_columns(frame, uses)
            dataset = DataSet("train", checked.fields, checked.rows, 12)
            spread = distribute_frames([(frame, checked.expressions, 12)], 1, one_slot)
            task = reader(dataset, budget)
            found = spread.mapInArrow(task, "seconds double, peak double, rows long").collect()[0]
        assert found.rows == checked.rows
        own.append(found.seconds)
        peaks.append(found.peak)
    executor = peak_memory("java") + max(peaks)
    spark.stop()
    memory = {"python_mb": round(max(peaks)), "executor_mb": round(executor)}
    return {
        name: whole.best(**memory),
        f"{name}: its checks": checks.best(),
        f"{name}: worker's part": {"cpu_s": round(min(own), 3)},
    }


def reader(dataset, budget):
    def task(batches):
        import pyarrow

        from bigdl_backend.spark.ingest import arrow_blocks, read_shards

        waiting = 0.0

        def awaited():
            nonlocal waiting
            source = iter(batches)
            while True:
                start = time.process_time()
                batch = next(source, None)
                waiting += time.process_time() - start
                if batch is None:
                    return
                yield batch

        start = time.process_time()
        shard = read_shards(arrow_blocks(awaited(), [dataset]), [dataset], 0, 1, budget)[0]
        own = time.process_time() - start - waiting
        columns = {"seconds": [own], "peak": [peak_mb()], "rows": [len(shard.storage)]}
        yield pyarrow.RecordBatch.from_pydict(columns)

    return task


def to_pandas(path):
    spark = start_spark()
    spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", "true")
    frame = spark.read.parquet(path)
    read, whole = Passes(), Passes()
    for _ in range(PASSES):
        with whole:
            with read:
                table = frame.toPandas()
            x = np.stack(table["x"].to_numpy())
        assert x.shape[1] == WIDTH
        assert x.dtype == np.float32
    memory = {"python_mb": round(peak_mb()), "executor_mb": round(peak_memory("java"))}
    spark.stop()
    return {"toPandas": read.best(**memory), "toPandas and np.stack": whole.best(**memory)}


def raw(path):
    """The column as Arrow reads it, without Spark."""
    import pyarrow.parquet

    passes = Passes()
    for _ in range(PASSES):
        with passes:
            column = pyarrow.parquet.read_table(path, columns=["x"], use_threads=False)["x"]
            x = column.combine_chunks().flatten().to_numpy().reshape(-1, WIDTH)
        assert x.dtype == np.float32
    return {"pyarrow, the column alone": passes.best(python_mb=round(peak_mb()))}


def petastorm_style(path):
    import pyarrow.parquet

    passes = Passes()
    for _ in range(PASSES):
        with passes:
            file = pyarrow.parquet.ParquetFile(path)
            batches, waiting = [], []
            for group in range(file.num_row_groups):
                columns = file.read_row_group(group, use_threads=False).to_pandas()
                for x, y in zip(columns["x"], columns["y"], strict=True):
                    waiting.append((x, y))
                    if len(waiting) == BATCH:
                        batches.append(np.stack([x for x, _ in waiting]))
                        waiting = []
        assert batches[0].dtype == np.float32
    return {"petastorm style": passes.best(python_mb=round(peak_mb()))}


WAYS = {
    "memory": lambda path: ingest(path, "bigdl_keras"),
    "files": lambda path: ingest(path, "bigdl_keras, in files", budget=0),
    "shuffle": lambda path: ingest(path, "bigdl_keras, shuffled", one_slot=False),
    "pandas": to_pandas,
    "raw": raw,
    "petastorm": petastorm_style,
}


def start_spark():
    from bigdl_keras.spark import session

    return session(master="local[1]", app_name="benchmark")


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def write_parquet(path, rows):
    import pyarrow as pa
    import pyarrow.parquet

    generator = np.random.default_rng(0)
    x = generator.normal(size=(rows, WIDTH)).astype("float32")
    offsets = pa.array(np.arange(rows + 1, dtype="int32") * WIDTH)
    lists = pa.ListArray.from_arrays(offsets, pa.array(x.reshape(-1)))
    table = pa.table({"x": lists, "y": generator.integers(0, 10, rows)})
    # Random bits gain nothing from a dictionary or from compression.
    pyarrow.parquet.write_table(
        table, path, row_group_size=ROW_GROUP, compression="none", use_dictionary=False
    )
    return path


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path, default=Path("build/benchmarks/ingest.json"))
    parser.add_argument("--run", nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
