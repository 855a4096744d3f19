"""Steps of many kinds of models on several workers (threads, no Spark) equal those of one process."""

import numpy as np
import pytest

from bigdl_backend.spark.columns import Field
from bigdl_backend.spark.coordinator import Coordinator
from bigdl_backend.spark.events import EpochDone
from bigdl_backend.spark.ingest import Block, DataSet
from bigdl_keras import Input, Sequential, layers, random
from bigdl_keras.losses import SparseCategoricalCrossentropy
from bigdl_keras.trainers.step import batch_spec, trace_program
from tests.backend.spark.gang import WorkerThread
from tests.backend.spark.test_training import QUICK, drive, losses_of, plan_for
from tests.spark.models import curve

BATCH, LANES = 8, 12


def convolution():
    return [layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten()]


def recurrent_with_dropout_and_penalty():
    return [
        layers.Reshape((6, 6)),
        layers.LSTM(4),
        layers.Dropout(0.3),
        layers.Dense(4, kernel_regularizer="l2"),
    ]


def normalized_by_layer():
    return [layers.LayerNormalization(), layers.Flatten()]


def normalized_by_synchronized_batch():
    return [layers.Conv2D(3, 2), layers.BatchNormalization(synchronized=True), layers.Flatten()]


def made(body):
    random.set_global_seed(1)
    model = Sequential([Input((6, 6, 1)), *body(), layers.Dense(3)])
    model.compile("adam", SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


def losses_on(workers, body, x, y, epochs):
    fields = (Field("c0", x.shape[1:], "float32", ""), Field("c1", (), "int64", ""))
    specs = (batch_spec(x.shape[1:], x.dtype), batch_spec((), y.dtype), None)
    datasets = [DataSet("train", fields, len(x), LANES)]
    place = np.arange(len(x))
    with Coordinator(workers, {}, deadlines=QUICK) as coordinator:
        for worker in range(workers):
            model = made(body)
            model._build_from((x[:1], y[:1], None))
            traced = trace_program(model, ["train"], specs, distributed=True)
            plan = plan_for(coordinator, workers, datasets, reset=traced.metric_state)
            mine = np.flatnonzero(place % LANES % workers == worker)
            block = Block(0, mine * 0, mine, [x[mine], y[mine]])
            WorkerThread(plan, traced.program, worker, iter([block])).start()
        events = drive(coordinator, epochs)
    assert isinstance(events[-1], EpochDone), events[-1]
    return losses_of(events)


@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:Degrees of freedom")
@pytest.mark.parametrize("workers", [2, 3])
@pytest.mark.parametrize(
    "body",
    [
        convolution,
        recurrent_with_dropout_and_penalty,
        normalized_by_layer,
        normalized_by_synchronized_batch,
    ],
)
def test_steps_equal_those_of_one_process(body, workers):
    # 33 rows in batches of 8: in the last batch only one worker has a row.
    generator = np.random.default_rng(0)
    x = generator.normal(size=(33, 6, 6, 1)).astype("float32")
    y = generator.integers(0, 3, 33)
    expected, _ = curve(made(body), x, y, batch_size=BATCH, epochs=2, shuffle=False)
    np.testing.assert_allclose(losses_on(workers, body, x, y, 2), expected, rtol=1e-5)
