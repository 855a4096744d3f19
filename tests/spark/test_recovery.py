"""A killed Python worker or executor leaves no trace in the result."""

import os
import re
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from pyspark import InheritableThread

from bigdl_backend.spark.coordinator import Coordinator
from bigdl_backend.spark.deadlines import Deadlines
from bigdl_backend.spark.events import Lost, Started
from bigdl_backend.spark.training import TrainingFailed
from bigdl_keras import callbacks
from tests.spark.models import COLUMNS, curve, frame_of, mlp, rows

pytestmark = pytest.mark.spark


@pytest.fixture
def events(monkeypatch):
    """All events of the trainings in a test."""
    seen = []
    next_event = Coordinator.next_event

    def recorded(self, timeout=None):
        event = next_event(self, timeout)
        seen.append(event)
        return event

    monkeypatch.setattr(Coordinator, "next_event", recorded)
    return seen


class Strike(callbacks.Callback):
    """Sends a signal to the process that `choose` picks for worker 1, once, in the second epoch."""

    def __init__(self, events, choose, signal):
        super().__init__()
        self.events, self.choose, self.signal = events, choose, signal
        self.epoch, self.struck = 0, None

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self.epoch == 1 and batch == 3 and self.struck is None:
            started = next(event for event in self.events if isinstance(event, Started))
            process = int(re.search(r"process (\d+)", started.workers[1]).group(1))
            self.struck = self.choose(process)
            os.kill(self.struck, self.signal)


def itself(process):
    return process


def executor_of(process):
    """The JVM above a Python worker and its daemon."""
    while "java" not in Path(f"/proc/{process}/comm").read_text():
        process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    return process


@pytest.mark.parametrize(
    ("choose", "sent"),
    [
        pytest.param(itself, signal.SIGKILL, id="worker killed"),
        pytest.param(executor_of, signal.SIGKILL, id="executor killed"),
        pytest.param(itself, signal.SIGSTOP, id="worker paused"),
    ],
)
def test_a_lost_worker_leaves_no_trace(any_spark, events, choose, sent):
    if choose is executor_of and any_spark.conf.get("spark.master").startswith("local["):
        choose = itself  # the only JVM is the driver's own
    x, y = rows(200)
    arguments = {"batch_size": 10, "epochs": 20, "num_workers": 2, **COLUMNS}
    arguments["deadlines"] = Deadlines(silence=5, beat=0.5)
    frame = frame_of(any_spark, x, y)
    undisturbed, model = mlp(), mlp()
    expected, _ = curve(undisturbed, frame, seed=3, **arguments)
    strike = Strike(events, choose, sent)
    events.clear()
    found, history = curve(model, frame, seed=3, callbacks=[strike], **arguments)
    assert strike.struck
    assert [event for event in events if isinstance(event, Lost)]
    assert [e.generation for e in events if isinstance(e, Started)] == [1, 2]
    assert len(found) == 400
    np.testing.assert_array_equal(found, expected)
    for ours, wanted in zip(model.get_weights(), undisturbed.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, wanted)
    assert len(history["loss"]) == 20


def test_a_worker_that_always_fails_ends_in_its_own_error(spark):
    x, y = rows(20)
    rdd = spark.sparkContext.parallelize(list(zip(x, y, strict=True)), 2)

    def broken_later(record):
        from pyspark import TaskContext

        if TaskContext.get().stageId() > spark_stage.value:
            raise OSError("the source went away")
        return record

    spark_stage = spark.sparkContext.broadcast(10**9)
    mlp().fit(rdd.map(broken_later), verbose=0, num_workers=1)
    spark_stage = spark.sparkContext.broadcast(-1)
    with pytest.raises(Exception, match="the source went away"):
        mlp().fit(rdd.map(broken_later), verbose=0, num_workers=1)
    assert issubclass(TrainingFailed, RuntimeError)


def test_busy_slots_end_in_an_error_that_counts_the_workers(spark):
    context = spark.sparkContext
    frame = frame_of(spark, *rows(20)).persist()
    frame.count()

    def occupy():
        context.setJobGroup("busy", "three of four slots", interruptOnCancel=True)
        with pytest.raises(Exception, match="cancelled"):
            context.parallelize(range(3), 3).foreach(lambda _: time.sleep(120))

    busy = InheritableThread(target=occupy)
    busy.start()
    try:
        while not context.statusTracker().getActiveJobsIds():
            time.sleep(0.1)
        with pytest.raises(TrainingFailed, match="only 1 of 2 workers started within 2 s"):
            mlp().fit(frame, verbose=0, num_workers=2, deadlines=Deadlines(gang=2), **COLUMNS)
    finally:
        context.cancelJobGroup("busy")
        busy.join(30)


def test_a_killed_worker_leaves_no_files(spark, events):
    x, y = rows(200)
    arguments = {"batch_size": 10, "epochs": 3, "num_workers": 2, **COLUMNS}
    folders = []

    def with_rows_in_files(process):
        held = [os.readlink(link) for link in Path(f"/proc/{process}/fd").iterdir()]
        folders.extend(Path(name).parent for name in held if name.endswith(" (deleted)"))
        return process

    strike = Strike(events, with_rows_in_files, signal.SIGKILL)
    model = mlp()
    in_files, _ = curve(
        model, frame_of(spark, x, y), callbacks=[strike], memory_budget=0, **arguments
    )
    assert strike.struck
    assert folders, "the rows were not in files"
    assert not [file for folder in folders for file in folder.iterdir() if file.is_file()]
    undisturbed = mlp()
    in_memory, _ = curve(undisturbed, frame_of(spark, x, y), **arguments)
    np.testing.assert_array_equal(in_files, in_memory)
    for ours, theirs in zip(model.get_weights(), undisturbed.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
