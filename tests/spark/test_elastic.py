"""Executors come and go during a training; its numbers stay those of one process."""

import time

import numpy as np
import pytest

from bigdl_backend.spark.cluster import executor_cores
from bigdl_backend.spark.deadlines import Deadlines
from bigdl_keras import callbacks
from tests.spark.conftest import MASTERS, running
from tests.spark.models import COLUMNS, curve, frame_of, mlp, rows

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
    """Takes an executor away in the second epoch, gives one at the end of the third, takes one at the fourth's."""

    def __init__(self, context):
        super().__init__()
        self.context, self.epoch = context, 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self.epoch == 1 and batch == 4:
            self.take()

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 2:
            self.context._jsc.sc().requestExecutors(2)
            wait_for(self.context, 2)
        elif epoch == 3:
            self.take()
            wait_for(self.context, 1)

    def take(self):
        assert self.context._jsc.sc().killExecutor(executors(self.context)[0])


def test_the_number_of_workers_follows_the_executors():
    spark = running(MASTERS["cluster"])
    context = spark.sparkContext
    x, y = rows(200)
    check = rows(33, seed=1)
    arguments = {"batch_size": 10, "epochs": 5, "shuffle": False}
    local = mlp()
    expected, history = curve(local, x, y, validation_data=check, **arguments)
    model = mlp()
    try:
        found, distributed = curve(
            model, frame_of(spark, x, y), elastic=True, callbacks=[ComeAndGo(context)],
            deadlines=Deadlines(shrink=3, beat=1), validation_data=frame_of(spark, *check),
            **arguments, **COLUMNS,
        )  # fmt: skip
    finally:
        context._jsc.sc().requestExecutors(2)
    assert model.history.workers == [2, 1, 1, 2, 1]
    assert len(found) == 100
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    for name, values in history.items():
        np.testing.assert_allclose(distributed[name], values, rtol=1e-5)
    for ours, theirs in zip(model.get_weights(), local.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)
    wait_for(context, 2)
