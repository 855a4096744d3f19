"""Steps of many kinds of models on several workers (threads, no Spark) equal those of one process."""

import numpy as np
import pytest

from bigdl_backend.spark.columns import Field
from bigdl_backend.spark.coordinator import Coordinator
from bigdl_backend.spark.events import EpochDone
from bigdl_backend.spark.ingest import Block, DataSet
from bigdl_keras import Input, Sequential, backend, layers, ops, optimizers, random
from bigdl_keras.losses import SparseCategoricalCrossentropy
from bigdl_keras.trainers.step import batch_spec, trace_program
from tests.backend.spark.gang import WorkerThread
from tests.backend.spark.test_training import QUICK, drive, losses_of, plan_for, state_of
from tests.spark.models import curve

BATCH, LANES = 8, 12
OPTIMIZERS = {
    "sgd": lambda: optimizers.SGD(0.1),
    "momentum": lambda: optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "adam": lambda: optimizers.Adam(0.01),
}


def dense():
    return [layers.Flatten(), layers.Dense(5, "tanh")]


def convolution_normalized_by_synchronized_batch():
    return [
        # Without a bias, whose gradient here is nothing but rounding, which Adam would blow up.
        layers.Conv2D(4, 3, use_bias=False),
        layers.BatchNormalization(synchronized=True),
        layers.Activation("relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
    ]


def recurrent_with_dropout_and_penalty():
    return [
        layers.Reshape((6, 6)),
        layers.LSTM(4),
        layers.Dropout(0.3),
        layers.Dense(4, kernel_regularizer="l2"),
    ]


def embedding():
    # Inputs are standard normal: integers of which some repeat. The table is large enough to travel by rows.
    return [
        layers.Flatten(),
        layers.Lambda(lambda x: ops.cast(ops.clip(ops.abs(x) * 400, 0, 999), "int32")),
        layers.Embedding(1000, 17),
        layers.GlobalAveragePooling1D(),
    ]


def normalized_by_layer():
    return [layers.LayerNormalization(), layers.Flatten()]


BODIES = [
    dense,
    convolution_normalized_by_synchronized_batch,
    recurrent_with_dropout_and_penalty,
    embedding,
    normalized_by_layer,
]


def made(body, optimizer):
    backend.clear_session()  # so that the variables' names agree
    random.set_global_seed(1)
    model = Sequential([Input((6, 6, 1)), *body(), layers.Dense(3)])
    loss = SparseCategoricalCrossentropy(from_logits=True)
    model.compile(OPTIMIZERS[optimizer](), loss, metrics=["accuracy"])
    return model


def trained_on(workers, model_of, arrays, batch, epochs=2, **changes):
    """The losses of all steps, and the variables at the end by path; `changes` of the plan."""
    x = arrays[0]
    fields = (
        Field("c0", x.shape[1:], "float32", ""),
        Field("c1", (), "int64", ""),
        Field("c2", (), "float32", ""),
    )
    specs = tuple(batch_spec(array.shape[1:], array.dtype) for array in arrays)
    datasets = [DataSet("train", fields, len(x), LANES)]
    place = np.arange(len(x))
    with Coordinator(workers, {}, deadlines=QUICK) as coordinator:
        for worker in range(workers):
            model = model_of()
            model._build_from(tuple(array[:1] for array in arrays))
            traced = trace_program(model, ["train"], specs, distributed=True)
            plan = plan_for(
                coordinator,
                workers,
                datasets,
                reset=traced.metric_state,
                batch_sizes=(batch,),
                **changes,
            )
            mine = np.flatnonzero(place % LANES % workers == worker)
            block = Block(0, mine * 0, mine, [array[mine] for array in arrays])
            WorkerThread(plan, traced.program, worker, iter([block])).start()
        events = drive(coordinator, epochs)
    assert isinstance(events[-1], EpochDone), events[-1]
    return losses_of(events), state_of(events[-1])


@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:Degrees of freedom")
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("body", BODIES)
def test_any_number_of_workers_trains_as_one_process(body, optimizer):
    # 33 rows in batches of 8, in the last of which only one worker has a row; then one batch larger than the data.
    generator = np.random.default_rng(0)
    x = generator.normal(size=(33, 6, 6, 1)).astype("float32")
    y = generator.integers(0, 3, 33)
    weight = generator.uniform(0.5, 2, 33).astype("float32")
    for batch, counts in ((BATCH, (1, 2, 3, 4)), (64, (3,))):
        alone = made(body, optimizer)
        arguments = {"batch_size": batch, "epochs": 2, "shuffle": False}
        expected, _ = curve(alone, x, y, sample_weight=weight, **arguments)
        for workers in counts:
            found = trained_on(workers, lambda: made(body, optimizer), (x, y, weight), batch)
            losses, state = found
            np.testing.assert_allclose(losses, expected, rtol=1e-5)
            for variable in alone.trainable_variables:
                np.testing.assert_allclose(
                    state[variable.path], variable.numpy(), rtol=1e-4, atol=1e-5
                )
            again = trained_on(workers, lambda: made(body, optimizer), (x, y, weight), batch)
            assert losses == again[0]
            for name, value in state.items():
                np.testing.assert_array_equal(again[1][name], value)


@pytest.mark.parametrize("batch", [1, 8])
def test_more_workers_than_rows(batch):
    generator = np.random.default_rng(1)
    arrays = (
        generator.normal(size=(2, 6, 6, 1)).astype("float32"),
        generator.integers(0, 3, 2),
        np.ones(2, "float32"),
    )
    alone = {"batch_size": batch, "epochs": 2, "shuffle": False}
    expected, _ = curve(made(dense, "adam"), *arrays[:2], **alone)
    losses, _ = trained_on(4, lambda: made(dense, "adam"), arrays, batch)
    np.testing.assert_allclose(losses, expected, rtol=1e-5)


def test_gradients_travel_in_half_the_bytes(monkeypatch):
    """Of a table by rows and of a large kernel."""
    monkeypatch.setenv("BIGDL_KERAS_SHM", "0")
    generator = np.random.default_rng(2)
    arrays = (
        generator.normal(size=(24, 6, 6, 1)).astype("float32"),
        generator.integers(0, 3, 24),
        np.ones(24, "float32"),
    )

    def model_of():
        return made(lambda: [*embedding(), layers.Dense(400, "tanh")], "sgd")

    results = {
        dtype: trained_on(2, model_of, arrays, BATCH, exchange_dtype=dtype)
        for dtype in ("float32", "bfloat16")
    }
    (losses, state), (rounded_losses, rounded) = results.values()
    np.testing.assert_allclose(rounded_losses, losses, rtol=1e-2)
    changed = set()
    for name, value in state.items():
        np.testing.assert_allclose(rounded[name], value, rtol=1e-2, atol=1e-3)
        if np.any(rounded[name] != value):
            changed.add(name.rsplit("/", 1)[-1])
    assert {"embeddings", "kernel"} <= changed, "nothing was rounded: did it travel as float32?"
