"""Which callbacks are called when, with which logs: recorded in stock Keras and here."""

import keras
import numpy as np
import pytest

import bigdl_keras

pytestmark = pytest.mark.parity

RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 3)).astype("float32")
Y = (X @ np.ones((3, 1))).astype("float32")
EVENTS = [
    f"on_{loop}{part}_{edge}"
    for loop, part in [
        ("train", ""), ("epoch", ""), ("batch", ""), ("train", "_batch"), ("test", ""),
        ("test", "_batch"), ("predict", ""), ("predict", "_batch"),
    ]
    for edge in ("begin", "end")
]  # fmt: skip


def recorder(lib):
    """A callback that notes every call: its name, numbers and the names of its logs."""
    calls = []

    class Recorder(lib.callbacks.Callback):
        def set_params(self, params):
            super().set_params(params)
            calls.append(("set_params", *sorted(params.items())))

        def set_model(self, model):
            super().set_model(model)
            calls.append(("set_model",))

    for event in EVENTS:

        def method(self, *args, event=event, **kwargs):
            given = [*args, *kwargs.values()]
            names = [tuple(arg) for arg in given if isinstance(arg, dict)]
            numbers = [arg for arg in given if isinstance(arg, int)]
            calls.append((event, *numbers, tuple(kwargs), *names, len(given)))

        setattr(Recorder, event, method)
    return Recorder(), calls


def single(lib, **arguments):
    model = lib.Sequential([lib.layers.Input((3,)), lib.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"], **arguments)
    return model


def grouped(lib):
    return single(lib, steps_per_execution=2)


def several(lib):
    x = lib.layers.Input((3,))
    outputs = [lib.layers.Dense(1, name="a")(x), lib.layers.Dense(1, name="b")(x)]
    model = lib.Model(x, outputs)
    model.compile(
        "sgd",
        ["mse", "mae"],
        metrics={"a": ["mae"], "b": ["mse", "mae"]},
        weighted_metrics=[["mse"], None],
    )
    return model


def batch(y, number):
    rows = slice(number % 4 * 5, number % 4 * 5 + 5)
    return X[rows], ([part[rows] for part in y] if isinstance(y, list) else y[rows])


def batches(y, count):
    return (batch(y, number) for number in range(count))


def dataset(lib, y):
    class Batches(lib.utils.PyDataset):
        def __len__(self):
            return 4

        def __getitem__(self, index):
            return batch(y, index)

    return Batches()


def stopping(lib, **event):
    model_of = {}

    def stop(flag):
        setattr(model_of["model"], flag, True)

    class Stop(lib.callbacks.Callback):
        def set_model(self, model):
            model_of["model"] = model

        def on_train_batch_end(self, batch, logs=None):
            if event.get("train_batch") == batch:
                stop("stop_training")

        def on_epoch_end(self, epoch, logs=None):
            if event.get("epoch") == epoch:
                stop("stop_training")

        def on_test_batch_end(self, batch, logs=None):
            if event.get("test_batch") == batch:
                stop("stop_evaluating")

        def on_predict_batch_end(self, batch, logs=None):
            if event.get("predict_batch") == batch:
                stop("stop_predicting")

    return Stop()


RUNS = {
    "fit": lambda lib, m, y, c: m.fit(X, y, batch_size=5, epochs=2, callbacks=c),
    "fit, validation data": lambda lib, m, y, c: m.fit(
        X, y, batch_size=5, epochs=2, validation_data=(X, y), callbacks=c
    ),
    "fit, validation split": lambda lib, m, y, c: m.fit(
        X, y, batch_size=5, epochs=2, validation_split=0.5, callbacks=c
    ),
    "fit, validation now and then": lambda lib, m, y, c: m.fit(
        X, y, batch_size=5, epochs=4, validation_split=0.5, validation_freq=2, callbacks=c
    ),
    "fit, validation in listed epochs": lambda lib, m, y, c: m.fit(
        X, y, batch_size=5, epochs=3, validation_split=0.5, validation_freq=[1, 3], callbacks=c
    ),
    "fit, validation steps": lambda lib, m, y, c: m.fit(
        X, y, batch_size=5, epochs=2, validation_data=(X, y), validation_steps=2, callbacks=c
    ),
    "fit, generator": lambda lib, m, y, c: m.fit(batches(y, 4), callbacks=c),
    "fit, generator in steps": lambda lib, m, y, c: m.fit(
        batches(y, 8), epochs=2, steps_per_epoch=4, callbacks=c
    ),
    "fit, generator ends early": lambda lib, m, y, c: m.fit(
        batches(y, 6), epochs=2, steps_per_epoch=4, callbacks=c
    ),
    "fit, dataset": lambda lib, m, y, c: m.fit(dataset(lib, y), epochs=2, callbacks=c),
    "fit, dataset in steps": lambda lib, m, y, c: m.fit(
        dataset(lib, y), epochs=3, steps_per_epoch=2, callbacks=c
    ),
    "fit, dataset validates": lambda lib, m, y, c: m.fit(
        X, y, batch_size=5, epochs=2, validation_data=dataset(lib, y), callbacks=c
    ),
    "fit, arrays in steps": lambda lib, m, y, c: m.fit(
        X, y, batch_size=5, epochs=3, steps_per_epoch=2, callbacks=c
    ),
    "fit, later epochs": lambda lib, m, y, c: m.fit(
        X, y, batch_size=5, epochs=4, initial_epoch=2, callbacks=c
    ),
    "fit, no epoch left": lambda lib, m, y, c: m.fit(
        X, y, batch_size=5, epochs=2, initial_epoch=2, callbacks=c
    ),
    "fit, stopped after an epoch": lambda lib, m, y, c: m.fit(
        X, y, batch_size=5, epochs=3, validation_split=0.5, callbacks=[stopping(lib, epoch=1), *c]
    ),
    "fit, stopped after a batch": lambda lib, m, y, c: m.fit(
        X, y, batch_size=5, epochs=3, validation_split=0.5,
        callbacks=[stopping(lib, train_batch=1), *c],
    ),
    "fit, stopped early": lambda lib, m, y, c: m.fit(
        X, y, batch_size=5, epochs=3,
        callbacks=[lib.callbacks.EarlyStopping("loss", baseline=0.0, patience=1), *c],
    ),
    "fit, rate changes": lambda lib, m, y, c: m.fit(
        X, y, batch_size=5, epochs=2,
        callbacks=[
            lib.callbacks.LearningRateScheduler(lambda epoch: 0.01),
            lib.callbacks.ReduceLROnPlateau("loss"),
            *c,
        ],
    ),
    "evaluate": lambda lib, m, y, c: m.evaluate(X, y, batch_size=5, callbacks=c),
    "evaluate, steps": lambda lib, m, y, c: m.evaluate(X, y, batch_size=5, steps=2, callbacks=c),
    "evaluate, generator": lambda lib, m, y, c: m.evaluate(batches(y, 4), callbacks=c),
    "evaluate, stopped": lambda lib, m, y, c: m.evaluate(
        X, y, batch_size=5, callbacks=[stopping(lib, test_batch=1), *c]
    ),
    "predict": lambda lib, m, y, c: m.predict(X, batch_size=5, callbacks=c),
    "predict, steps": lambda lib, m, y, c: m.predict(X, batch_size=5, steps=2, callbacks=c),
    "predict, generator": lambda lib, m, y, c: m.predict(batches(y, 4), callbacks=c),
    "predict, stopped": lambda lib, m, y, c: m.predict(
        X, batch_size=5, callbacks=[stopping(lib, predict_batch=1), *c]
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def models():
    return {
        build: {lib: build(lib) for lib in (keras, bigdl_keras)}
        for build in (single, grouped, several)
    }


@pytest.mark.filterwarnings("ignore:.*(ran out of data|data ended)")
@pytest.mark.parametrize("build", [single, grouped, several])
@pytest.mark.parametrize("run", RUNS)
def test_calls_are_the_same(models, build, run):
    seen = {}
    for lib in (keras, bigdl_keras):
        callback, calls = recorder(lib)
        RUNS[run](lib, models[build][lib], [Y, Y] if build is several else Y, [callback])
        seen[lib] = calls
    assert seen[bigdl_keras] == seen[keras]
