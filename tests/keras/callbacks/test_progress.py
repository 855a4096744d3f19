"""The progress bar: character by character what stock Keras prints, under the same clock."""

import io
import sys

import keras
import keras.src.utils.progbar
import numpy as np
import pytest

import bigdl_keras
import bigdl_keras.utils.progbar

RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 3)).astype("float32")
Y = (X @ np.ones((3, 1))).astype("float32")


class Clock:
    """Time that passes by `tick` with every look."""

    def __init__(self, tick):
        self.now, self.tick = 1000.0, tick

    def time(self):
        self.now += self.tick
        return self.now

    monotonic = time


@pytest.fixture
def printed(monkeypatch, capsys):
    """What the same code prints in each library, while time passes by `tick` at every look."""

    def run(action, tick):
        texts = []
        for lib, module in (
            (keras, keras.src.utils.progbar),
            (bigdl_keras, bigdl_keras.utils.progbar),
        ):
            monkeypatch.setattr(module, "time", Clock(tick))
            capsys.readouterr()
            action(lib)
            texts.append(capsys.readouterr().out)
        return texts

    return run


@pytest.mark.parametrize("tick", [1e-5, 0.0301, 0.4, 20.0, 1500.0])
@pytest.mark.parametrize(
    "arguments",
    [
        {"target": 7},
        {"target": 12, "width": 30, "unit_name": "sample"},
        {"target": None},
        {"target": 120, "verbose": 2},
        {"target": 5, "verbose": 0},
        {"target": 7, "stateful_metrics": ["loss"]},
        {"target": 7, "stateless_metrics": ["loss"]},
        {"target": 30, "interval": 0.0},
    ],
    ids=str,
)
def test_bar(printed, arguments, tick):
    def action(lib):
        bar = lib.utils.Progbar(**arguments)
        for step in range(1, (arguments["target"] or 6) + 1):
            values = [("loss", 10.0 ** (step % 9 - 5)), ("size", np.float32(step))]
            bar.update(step, values if step > 1 else None)
        bar.update(6, [("loss", 0.5), ("size", 2.0)], finalize=True)

    expected, found = printed(action, tick)
    assert found == expected


@pytest.mark.parametrize("verbose", [1, 2])
def test_adding(printed, verbose):
    def action(lib):
        bar = lib.utils.Progbar(100, verbose=verbose)
        for number in (0, 20, 40, 40):
            bar.add(number, [("loss", float(number))])

    expected, found = printed(action, 0.3)
    assert found == expected


def test_both_kinds_of_names():
    for lib in (keras, bigdl_keras):
        with pytest.raises(ValueError, match="stateless_metrics"):
            lib.utils.Progbar(3, stateful_metrics=["a"], stateless_metrics=["b"])


def test_terminals_without_the_characters_of_the_bar(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    bigdl_keras.utils.Progbar(2).update(2)
    assert b"2/2" in stream.buffer.getvalue()
    assert b"=" * 20 in stream.buffer.getvalue()


def batches(count):
    for number in range(count):
        rows = slice(number % 4 * 5, number % 4 * 5 + 5)
        yield X[rows], Y[rows]


def in_turn(lib):
    """A callback with batch events: stock Keras does not draw in another thread then."""

    class Idle(lib.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            pass

        on_test_batch_end = on_predict_batch_end = on_train_batch_end

    return Idle()


RUNS = {
    "fit": lambda m, **a: m.fit(X, Y, batch_size=5, epochs=2, shuffle=False, **a),
    "one epoch": lambda m, **a: m.fit(X, Y, batch_size=5, shuffle=False, **a),
    "validated": lambda m, **a: m.fit(
        X, Y, batch_size=5, epochs=2, validation_data=(X, Y), shuffle=False, **a
    ),
    "generator": lambda m, **a: m.fit(batches(4), **a),
    "steps": lambda m, **a: m.fit(batches(8), epochs=2, steps_per_epoch=4, **a),
    "evaluate": lambda m, **a: m.evaluate(X, Y, batch_size=5, **a),
    "predict": lambda m, **a: m.predict(X, batch_size=5, **a),
}


@pytest.fixture(scope="module")
def models():
    pair = {}
    for lib in (keras, bigdl_keras):
        model = lib.Sequential([lib.layers.Input((3,)), lib.layers.Dense(1)])
        model.compile(lib.optimizers.SGD(0.0), "mse", metrics=["mae"])
        pair[lib] = model
    pair[bigdl_keras].set_weights(pair[keras].get_weights())
    return pair


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("verbose", ["auto", 0, 1, 2])
@pytest.mark.parametrize("run", RUNS)
def test_loops(printed, models, run, verbose):
    expected, found = printed(
        lambda lib: RUNS[run](models[lib], verbose=verbose, callbacks=[in_turn(lib)]), 0.06
    )
    assert found == expected
