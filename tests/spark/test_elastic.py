"""Executors come and go during a training; its numbers stay those of one process."""

import os
import signal
import time

import numpy as np
import pytest

from bigdl_backend.spark.cluster import executor_cores
from bigdl_backend.spark.deadlines import Deadlines
from bigdl_keras import callbacks
from tests.spark.conftest import MASTERS, running
from tests.spark.models import COLUMNS, curve, frame_of, mlp, rows
from tests.spark.processes import Processes

pytestmark = pytest.mark.spark


def executors(context):
    listed = context._jsc.sc().statusStore().executorList(True)
    return [listed.apply(n).id() for n in range(listed.size()) if listed.apply(n).id() != "driver"]


def wait_for(context, count):
    deadline = time.monotonic() + 120
    while len(executor_cores(context)) != count:
        assert time.monotonic() < deadline
        time.sleep(0.1)


class ComeAndGo(callbacks.Callback):
    """Takes an executor away within the first epoch, gives one behind it, and takes one behind the second."""

    def __init__(self, context):
        super().__init__()
        self.context, self.epoch, self.taken = context, 0, False

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if not self.taken:
            # Else they would be far ahead before the executor ends.
            workers = Processes().workers()
            for worker in workers:
                os.kill(worker, signal.SIGSTOP)
            self.take()
            for worker in set(workers) & set(Processes().workers()):
                os.kill(worker, signal.SIGCONT)

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 0:
            self.context._jsc.sc().requestExecutors(2)
            wait_for(self.context, 2)
        elif epoch == 1:
            self.take()

    def take(self):
        assert self.context._jsc.sc().killExecutor(executors(self.context)[0])
        self.taken = True
        wait_for(self.context, 1)


def test_the_number_of_workers_follows_the_executors(caplog):
    spark = running(MASTERS["cluster"])
    context = spark.sparkContext
    x, y = rows(2000)
    check = rows(33, seed=1)
    arguments = {"batch_size": 4, "epochs": 3, "shuffle": False}
    local = mlp()
    expected, history = curve(local, x, y, validation_data=check, **arguments)
    model = mlp()
    try:
        with caplog.at_level("INFO", "bigdl_keras.spark"):
            found, distributed = curve(
                model, frame_of(spark, x, y), elastic=True, callbacks=[ComeAndGo(context)],
                deadlines=Deadlines(shrink=3, beat=1), validation_data=frame_of(spark, *check),
                **arguments, **COLUMNS,
            )  # fmt: skip
    finally:
        context._jsc.sc().requestExecutors(2)
    begun = [r.getMessage() for r in caplog.records if "training from" in r.getMessage()]
    assert [message.count("worker ") for message in begun] == [2, 1, 2, 1]
    assert model.history.workers == [1, 2, 1]
    assert len(found) == 1500
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    for name, values in history.items():
        np.testing.assert_allclose(distributed[name], values, rtol=1e-4)
    for ours, theirs in zip(model.get_weights(), local.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)
    wait_for(context, 2)
