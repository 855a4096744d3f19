"""What goes wrong in jobs before training, in `evaluate` and in `predict` begins with its cause, too."""

import subprocess
import sys

import pytest
from pyspark.sql import functions as F

from bigdl_backend.spark.failures import JobFailed, understood
from bigdl_keras import callbacks
from tests.spark.models import COLUMNS, frame_of, mlp, rows


class Breaks(callbacks.Callback):
    """From the beginning of an evaluation on, there is a file `broken`."""

    def __init__(self, broken):
        super().__init__()
        self.broken = broken

    def on_test_begin(self, logs=None):
        self.broken.touch()


@pytest.mark.spark
def test_an_error_of_the_users_own_function_comes_first(spark, tmp_path):
    broken = tmp_path / "broken"

    def priced(record):
        if broken.exists():
            raise KeyError("no price for tea")
        return record

    x, y = rows(12)
    frame = frame_of(spark, x, y, 1).withColumn(
        "features", F.udf(priced, "array<float>")("features")
    )
    rdd = spark.sparkContext.parallelize(list(zip(x, y, strict=True)), 1).map(priced)
    model = mlp()
    for data, checking in (
        ({"x": frame, **COLUMNS}, "looking at the rows"),
        ({"x": rdd}, "looking at the first record"),
    ):
        broken.unlink(missing_ok=True)
        for doing, more in (("evaluating", {"callbacks": [Breaks(broken)]}), (checking, {})):
            with pytest.raises(JobFailed) as failed:
                model.evaluate(**data, **more, verbose=0)
            first, _, details = str(failed.value).partition("\n")
            assert first == f"{doing}: a task raised KeyError: 'no price for tea'."
            assert "in priced" in details
            assert "\tat org.apache" not in details


SCORING = """
import resource, sys
import numpy as np
from bigdl_backend.graph.session import Session
from bigdl_backend.spark.predict import score
from bigdl_keras.trainers.step import batch_spec, trace_program
from tests.spark.models import mlp
program = trace_program(mlp(), ["predict"], (batch_spec((4,), "float32"), None, None)).program
session, rows = Session(program, 1), np.zeros((1 << 22, 4), "float32")
score(session, [rows[:8]], 8)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (64 << 20), resource.RLIM_INFINITY))
score(session, [rows], len(rows))
"""


def test_scoring_without_memory_tells_the_figures_and_the_mend():
    command = [sys.executable, "-c", SCORING]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    cause = understood(done.stderr).cause
    assert cause.startswith("a Python process of an executor had no memory left: ")
    assert "iB of spark.executor.pyspark.memory, of which" in cause
    assert cause.endswith("lower batch_size or num_workers, or raise spark.executor.pyspark.memory")
