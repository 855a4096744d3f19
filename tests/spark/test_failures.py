"""A training that fails says why in its first line."""

import os
import re
import signal

import numpy as np
import pytest

from bigdl_backend.spark import training
from bigdl_backend.spark.deadlines import Deadlines
from bigdl_backend.spark.preflight import Needs
from bigdl_backend.spark.training import Training, TrainingFailed
from bigdl_backend.version import __version__
from bigdl_keras import callbacks
from tests.spark.conftest import MASTERS, running
from tests.spark.models import COLUMNS, frame_of, mlp, rows

pytestmark = pytest.mark.spark


class KillTheFirst(callbacks.Callback):
    """Kills worker 0 a while after each of its starts."""

    def __init__(self, caplog):
        super().__init__()
        self.caplog, self.killed = caplog, set()

    def on_train_batch_end(self, batch, logs=None):
        started = re.findall(r"worker 0 \(process (\d+)", self.caplog.text)
        process = int(started[-1])
        if batch == 500 and process not in self.killed:
            self.killed.add(process)
            os.kill(process, signal.SIGKILL)


def test_a_worker_killed_again_and_again(spark, caplog):
    caplog.set_level("INFO", "bigdl_keras.spark")
    kill = KillTheFirst(caplog)
    with pytest.raises(TrainingFailed) as failed:
        mlp().fit(
            frame_of(spark, *rows(6000)), batch_size=10, epochs=1000, num_workers=2, verbose=0,
            callbacks=[kill], deadlines=Deadlines(beat=0.05), **COLUMNS,
        )  # fmt: skip
    assert len(kill.killed) == 4
    first = str(failed.value).partition("\n")[0]
    assert first.startswith("a Python process of an executor died without a word: killed")
    assert re.search(r"worker 0 .* was lost: .*; a moment before it had [\d.]+ .iB of the", first)
    assert "the master 'local[4,4]' runs a task at most 4 times" in first
    assert "Job aborted due to stage failure" in str(failed.value)


def test_workers_with_other_versions_are_refused_before_the_first_step(any_spark, monkeypatch):
    ours = training.facts()
    ours["versions"]["numpy"] = "1.26"
    monkeypatch.setattr(training, "facts", lambda: ours)
    model = mlp()
    before = model.get_weights()
    refused = r"worker \d \(process \d+ on .*\) runs numpy 2\.\d+, the driver numpy 1.26: install"
    with pytest.raises(TrainingFailed, match=refused):
        model.fit(frame_of(any_spark, *rows(20)), num_workers=2, verbose=0, **COLUMNS)
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_executors_with_another_release_are_refused(tmp_path):
    """Their Python finds this before everything else."""
    other = "import bigdl_backend.version\nbigdl_backend.version.__version__ = '0.0.1'\n"
    (tmp_path / "sitecustomize.py").write_text(other)
    paths = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    spark = running(MASTERS["local"], **{"spark.executorEnv.PYTHONPATH": paths})
    refused = (
        r"worker \d \(process \d+ on .*\) runs bigdl_keras 0\.0\.1, the driver bigdl_keras "
        rf"{re.escape(__version__)}: install the same on all machines, or ship an environment with --archives"
    )
    with pytest.raises(TrainingFailed, match=refused):
        mlp().fit(frame_of(spark, *rows(20)), num_workers=1, verbose=0, **COLUMNS)


def test_rows_that_may_not_lie_in_files(spark, monkeypatch):
    monkeypatch.setattr(training, "needs_of", lambda *_: Needs(0, 0, 1 << 60, files=False))
    with pytest.raises(TrainingFailed, match=r"encryption\.enabled forbids"):
        mlp().fit(frame_of(spark, *rows(20)), num_workers=1, verbose=0, **COLUMNS)


def test_an_exception_in_the_users_own_function(spark, monkeypatch, tmp_path):
    broken = tmp_path / "broken"
    start = Training.start

    def start_broken(self, *args, **kwargs):
        broken.touch()
        start(self, *args, **kwargs)

    def record(pair):
        if broken.exists():
            raise OSError("the source went away")
        return pair

    monkeypatch.setattr(Training, "start", start_broken)
    rdd = spark.sparkContext.parallelize(list(zip(*rows(20), strict=True)), 2).map(record)
    with pytest.raises(TrainingFailed) as failed:
        mlp().fit(rdd, verbose=0, num_workers=1)
    assert str(failed.value).startswith("a task raised OSError: the source went away.\n")
