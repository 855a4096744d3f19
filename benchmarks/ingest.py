"""Reading a Parquet column into the arrays that a model trains on, against other ways to read it.

    python benchmarks/ingest.py [--megabytes 40] [--rounds 3]

Every way runs in a process of its own on one core (Spark with its JVM on the same one) and takes turns with the
others; the fastest of all passes counts, as a JVM that has just started is slow. "bigdl_keras" is all that happens
before the first step: the checks, Spark's reading and shuffling, Arrow batches to the worker, rows into its storage,
once in memory and once in files. "Arrow to columns" is the worker's own part of it. "petastorm style" is the loop of
its readers, written with pyarrow: row groups into rows, rows into batches. Peak memory is that of the Python process
that ends with the rows.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

WIDTH = 784
ROW_GROUP = 2048
BATCH = 128
PASSES = 4


def main():
    args = parse_arguments()
    if args.run:
        way, path = args.run
        print(json.dumps(WAYS[way](path)))
        return
    rows = int(args.megabytes * 1e6 / (4 * WIDTH))
    with tempfile.TemporaryDirectory() as folder:
        path = write_parquet(Path(folder) / "rows.parquet", rows)
        results = measure(path, rows, args.rounds)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_text(json.dumps({"machine": machine(), "rows": results}, indent=1))
    print("| way | rows/s a core | MB/s a core | seconds | peak memory, MB |")
    print("|---|---|---|---|---|")
    for r in results:
        print(
            f"| {r['way']} | {r['rows_per_s']} | {r['mb_per_s']} | {r['seconds']} | {r['peak_mb']} |"
        )
    draw(results, args.output.with_suffix(".png"))


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
            for name, (seconds, peak) in json.loads(done.stdout.splitlines()[-1]).items():
                if name not in best or seconds < best[name][0]:
                    best[name] = (seconds, peak)
    return [
        {
            "way": name,
            "rows_per_s": round(rows / seconds),
            "mb_per_s": round(rows * WIDTH * 4e-6 / seconds, 1),
            "seconds": round(seconds, 3),
            "peak_mb": round(peak),
        }
        for name, (seconds, peak) in best.items()
    ]


def ingest(path, budget, name):
    """From the DataFrame to the rows in one worker's storage."""
    from bigdl_backend.spark.columns import Use, check_columns
    from bigdl_backend.spark.distribute import distribute_frames
    from bigdl_backend.spark.ingest import DataSet

    spark = start_spark()
    frame = spark.read.parquet(path)
    uses = [Use("x", ("x",), "float32", (WIDTH,)), Use("y", ("y",))]

    def once():
        start = time.perf_counter()
        checked = check_columns(frame, uses)
        dataset = DataSet("train", checked.fields, checked.rows, 12)
        spread = distribute_frames([(frame, checked.expressions, 12)], 1)
        task = reader(dataset, budget)
        found = spread.mapInArrow(task, "seconds double, peak double, rows long").collect()[0]
        assert found.rows == checked.rows
        return time.perf_counter() - start, found.seconds, found.peak

    whole, own, peaks = zip(*(once() for _ in range(PASSES)), strict=True)
    spark.stop()
    return {
        name: (min(whole), max(peaks)),
        f"{name}: Arrow to columns": (min(own), max(peaks)),
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
                start = time.perf_counter()
                batch = next(source, None)
                waiting += time.perf_counter() - start
                if batch is None:
                    return
                yield batch

        start = time.perf_counter()
        shard = read_shards(arrow_blocks(awaited(), [dataset]), [dataset], 0, 1, budget)[0]
        own = time.perf_counter() - start - waiting
        columns = {"seconds": [own], "peak": [peak_mb()], "rows": [len(shard.storage)]}
        yield pyarrow.RecordBatch.from_pydict(columns)

    return task


def to_pandas(path):
    spark = start_spark()
    spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", "true")
    frame = spark.read.parquet(path)

    def once():
        start = time.perf_counter()
        table = frame.toPandas()
        read = time.perf_counter() - start
        x = np.stack(table["x"].to_numpy())
        assert x.shape[1] == WIDTH
        assert x.dtype == np.float32
        return read, time.perf_counter() - start

    read, whole = zip(*(once() for _ in range(PASSES)), strict=True)
    spark.stop()
    return {"toPandas": (min(read), peak_mb()), "toPandas and np.stack": (min(whole), peak_mb())}


def raw(path):
    """The column as Arrow reads it, without Spark."""
    import pyarrow.parquet

    def once():
        start = time.perf_counter()
        column = pyarrow.parquet.read_table(path, columns=["x"], use_threads=False)["x"]
        x = column.combine_chunks().flatten().to_numpy().reshape(-1, WIDTH)
        assert x.dtype == np.float32
        return time.perf_counter() - start

    return {"pyarrow, the column alone": (min(once() for _ in range(PASSES)), peak_mb())}


def petastorm_style(path):
    import pyarrow.parquet

    def once():
        start = time.perf_counter()
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
        return time.perf_counter() - start

    return {"petastorm style": (min(once() for _ in range(PASSES)), peak_mb())}


WAYS = {
    "memory": lambda path: ingest(path, 1 << 40, "bigdl_keras"),
    "files": lambda path: ingest(path, 0, "bigdl_keras, in files"),
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


def machine():
    commit = subprocess.run(
        ["git", "-C", Path(__file__).parent, "rev-parse", "--short", "HEAD"],
        capture_output=True,
        text=True,
    ).stdout.strip()
    names = ("numpy", "pyarrow", "pyspark", "pandas")
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "commit": commit,
        **{name: version(name) for name in names},
    }


def draw(results, path):
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return
    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.subplots()
    axes.barh([r["way"] for r in results][::-1], [r["mb_per_s"] for r in results][::-1])
    axes.set_xscale("log")
    axes.set_xlabel("MB/s on one core")
    figure.savefig(path)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path, default=Path("build/benchmarks/ingest.json"))
    parser.add_argument("--run", nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
