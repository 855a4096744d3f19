"""Trainings with a disk that is too small: ``python -m tests.spark.full_disk FOLDER``; prints one JSON line.

Where this process may mount, FOLDER becomes a file system of 8 MB (`tests.spark.test_full_disk` starts it in a mount
namespace of its own); elsewhere no file may have more than 4 MB, which writers meet as they meet a full disk.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F

from bigdl_keras import Input, Sequential, callbacks, layers, saving
from tests.spark.conftest import running

SIZE, LIMIT = 8 << 20, 4 << 20
WIDTH = 1000


def limited(folder: Path) -> str:
    """Make the disk small."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode == 0:
        return "mounted"
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, resource.RLIM_INFINITY))
    return "limited"


def made() -> Sequential:
    model = Sequential([Input((WIDTH,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def trained(spark: SparkSession, rows: int, value: Column, budget: int | None) -> str:
    """Fit on so many rows of such values; the first line of what went wrong."""
    features = F.transform(F.sequence(F.lit(1), F.lit(WIDTH)), lambda _: value).cast("array<float>")
    frame = spark.range(rows).select(features.alias("x"), F.lit(1.0).alias("y"))
    try:
        made().fit(
            frame, feature_cols="x", label_cols="y", num_workers=2, verbose=0, memory_budget=budget
        )
    except RuntimeError as error:
        return str(error).partition("\n")[0]
    return ""


def checkpointed(folder: Path, fill: Callable[[], None]) -> dict[str, object]:
    """Save after every epoch; the disk fills up after the first."""
    model, file = made(), folder / "saved" / "model.keras"
    first = model.get_weights()

    class Fill(callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: object = None) -> None:
            if epoch == 0:
                first[:] = self.model.get_weights()
                fill()

    said = ""
    try:
        model.fit(
            np.ones((8, WIDTH), "float32"), np.ones(8), epochs=2, verbose=0,
            callbacks=[callbacks.ModelCheckpoint(file), Fill()],
        )  # fmt: skip
    except OSError as error:
        said = str(error).partition("\n")[0]
    kept = saving.load_model(file).get_weights()
    whole = all(np.array_equal(a, b) for a, b in zip(first, kept, strict=True))
    return {"said": said, "whole": whole, "files": [path.name for path in file.parent.iterdir()]}


def main(folder: Path) -> None:
    """Print what happened."""
    way = limited(folder)
    spark = running("local[2]", **{"spark.local.dir": str(folder), "spark.log.level": "OFF"})
    same, own = F.lit(1.0), F.rand()
    result: dict[str, object] = {"way": way}
    # 6 MB for each of two workers: each alone would find room.
    result["rows"] = trained(spark, 3000, same, 0)
    result["used"] = shutil.disk_usage(folder).used if way == "mounted" else 0
    # Spark's own files: rows that cannot be compressed.
    result["shuffle"] = trained(spark, 6000, own, None)
    result["afterwards"] = trained(spark, 30, same, None)
    spark.stop()
    result["left"] = [str(path) for path in folder.rglob("*") if path.is_file()]

    def fill() -> None:
        if way == "limited":
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
            return
        with open(folder / "ballast", "wb", buffering=0) as ballast:
            os.posix_fallocate(ballast.fileno(), 0, shutil.disk_usage(folder).free)

    result["checkpoint"] = checkpointed(folder, fill)
    print(json.dumps(result))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
