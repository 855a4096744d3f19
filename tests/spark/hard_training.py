"""The training that the scripts of faults and of hostile connections disturb."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from pyspark.sql import SparkSession

from bigdl_backend.spark.deadlines import Deadlines
from bigdl_backend.spark.java import ensure_java
from bigdl_keras import Input, Model, Sequential, callbacks, layers, optimizers
from bigdl_keras import random as keras_random

QUICK = Deadlines(silence=4, beat=0.5, exchange=30)
ROWS, FEATURES, BATCH = 2_000, 64, 50


def session(master: str = "local-cluster[2,1,1024]", **more: str) -> SparkSession:
    """Two executor processes, whose loss Spark notices within seconds and always repairs; with `more` settings."""
    ensure_java()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.log.level": "OFF",
        "spark.task.maxFailures": "100000",
        "spark.stage.maxConsecutiveAttempts": "100000",
        "spark.executor.heartbeatInterval": "1s",
        "spark.network.timeout": "8s",
        "spark.network.timeoutInterval": "2s",
        "spark.python.worker.reuse": "false",
        "spark.sql.shuffle.partitions": "4",
    }
    builder = SparkSession.builder.master(master)
    for name, value in {**settings, **more}.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def made() -> Model:
    keras_random.set_global_seed(5)
    model = Sequential(
        [
            Input((FEATURES,)),
            layers.Dense(256, "relu"),
            layers.Dropout(0.2),
            layers.Dense(256, "relu"),
            layers.Dense(4, "softmax"),
        ]
    )
    model.compile(optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def trained(
    spark: SparkSession, epochs: int, more: list[callbacks.Callback], deadlines: Deadlines = QUICK
) -> Model:
    generator = np.random.default_rng(0)
    x = generator.normal(size=(ROWS, FEATURES)).astype("float32")
    y = np.abs(x[:, :4]).argmax(axis=1)
    rows = [(a.tolist(), int(b)) for a, b in zip(x, y, strict=True)]
    frame = spark.createDataFrame(spark.sparkContext.parallelize(rows, 4), "x array<float>, y int")
    model = made()
    model.fit(
        frame, feature_cols="x", label_cols="y", validation_data=frame.where("y = 1"), batch_size=BATCH, epochs=epochs,
        num_workers=2, seed=1, verbose=0, deadlines=deadlines, callbacks=more,
    )  # fmt: skip
    return model


class Disturbance(threading.Thread):
    """What goes on beside a training.

    Attributes:
        done: how often each kind of thing was done.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.done: Counter[str] = Counter()
        self.over = threading.Event()

    def stop(self) -> None:
        """End it; returns when it has ended."""
        self.over.set()
        self.join()


def compare(
    epochs: int,
    disturbance: Disturbance,
    more: Sequence[callbacks.Callback] = (),
    settings: Mapping[str, str] = MappingProxyType({}),
    patience: float = 1,
) -> int:
    """Train twice, once undisturbed; print what was done and whether the weights agree bit for bit.

    Args:
        epochs: of each training.
        disturbance: goes on beside the second.
        more: callbacks of the second.
        settings: of the session.
        patience: how many times as long as usual silence may last, on a machine that is busy with other things.

    Returns:
        0 if they do: the exit code of a script.
    """
    spark = session(**{"spark.network.timeout": f"{8 * patience:.0f}s", **settings})
    deadlines = replace(QUICK, silence=QUICK.silence * patience, exchange=QUICK.exchange * patience)
    try:
        undisturbed = trained(spark, epochs, [], deadlines)
        begin = time.monotonic()
        disturbance.start()
        disturbed = trained(spark, epochs, [*more], deadlines)
        seconds = time.monotonic() - begin
        disturbance.stop()
    finally:
        spark.stop()
    equal = all(
        np.array_equal(a, b)
        for a, b in zip(disturbed.get_weights(), undisturbed.get_weights(), strict=True)
    )
    done = disturbance.done
    result = {"times": done.total(), "seconds": round(seconds, 1), "weights equal": equal, **done}
    print(json.dumps(result))  # noqa: T201
    return 0 if equal else 1
