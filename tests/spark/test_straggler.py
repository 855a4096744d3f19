"""A worker that gets little of its processor is named."""

import os
import re
import signal
import threading
import time

import pytest

from bigdl_keras import Input, Sequential, callbacks, layers
from tests.spark.models import COLUMNS, frame_of, rows

pytestmark = pytest.mark.spark


class Slowed(threading.Thread):
    """Stops a process nearly all the time, until `over` is set."""

    def __init__(self, process):
        super().__init__(daemon=True)
        self.process, self.over = process, threading.Event()

    def run(self):
        while not self.over.is_set():
            os.kill(self.process, signal.SIGSTOP)
            time.sleep(0.2)
            os.kill(self.process, signal.SIGCONT)
            time.sleep(0.02)


def test_a_slowed_worker_is_named(spark, caplog):
    caplog.set_level("INFO", "bigdl_keras.spark")
    model = Sequential(
        [Input((4,)), layers.Dense(2000, "relu"), layers.Dense(2000), layers.Dense(3)]
    )
    model.compile("sgd", "sparse_categorical_crossentropy")
    slowed = []

    def slow(batch, logs=None):
        if not slowed:
            process = re.search(r"worker 1 \(process (\d+)", caplog.text)
            slowed.append(Slowed(int(process.group(1))))
            slowed[0].start()

    try:
        model.fit(
            frame_of(spark, *rows(600)), batch_size=30, epochs=2, num_workers=2, verbose=0,
            callbacks=[callbacks.LambdaCallback(on_train_batch_end=slow)], **COLUMNS,
        )  # fmt: skip
    finally:
        for thread in slowed:
            thread.over.set()
            thread.join()
    warned = [r.message for r in caplog.records if "holds up the others" in r.message]
    assert any(f"worker 1 (process {slowed[0].process} on" in message for message in warned), warned
