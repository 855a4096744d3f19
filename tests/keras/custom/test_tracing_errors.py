"""Where Python asks for a value that only data can give, the error names the line of the user."""

import inspect

import numpy as np
import pytest

import bigdl_keras as keras
from tests.keras.custom.in_both import numbers

X = numbers(4, 3)


def branch(x):
    return x * 2 if keras.ops.sum(x) > 0 else x  # here


def repeat(x):
    while keras.ops.max(x) > 0.1:  # here
        x = x * 0.5
    return x


def number(x):
    return x * float(keras.ops.mean(x))  # here


def count(x):
    total = keras.ops.sum(keras.ops.cast(x > 0, "int32"))
    return sum(x for _ in range(total))  # here


def array(x):
    return np.tanh(np.asarray(x))  # here


def copy(x):
    return keras.ops.convert_to_numpy(x) + 1  # here


def index(x):
    return x[int(keras.ops.argmax(x[:, 0]))] + x  # here


def membership(x):
    return x if float(x[0, 0]) in (1.0, 2.0) else -x  # here


CODES = [branch, repeat, number, count, array, copy, index, membership]


def model_of(code, place):
    class Own(keras.layers.Layer):
        def call(self, x):
            return code(x) if place == "layer" else x

    def loss(y_true, y_pred):
        return keras.ops.mean(code(y_pred) if place == "loss" else y_pred)

    class Watched(keras.metrics.Mean):
        def update_state(self, y_true, y_pred, sample_weight=None):
            super().update_state(code(y_pred) if place == "metric" else y_pred)

    class Model(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense, self.own = keras.layers.Dense(3), Own(name="mine")

        def call(self, x):
            return self.own(self.dense(x))

    model = Model()
    model.compile("sgd", loss, metrics=[Watched()])
    return model


def line_of(code):
    lines, first = inspect.getsourcelines(code)
    return next(first + i for i, line in enumerate(lines) if line.rstrip().endswith("# here"))


def fit(code, place):
    with pytest.raises(TypeError) as caught:
        model_of(code, place).fit(X, X, verbose=0)
    return str(caught.value)


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.__name__)
def test_in_a_layer(code):
    message = fit(code, "layer")
    assert f'File "{__file__}", line {line_of(code)}' in message
    assert "'mine'" in message
    assert "run_eagerly=True" in message or "ops." in message


@pytest.mark.parametrize("place", ["loss", "metric"])
def test_in_losses_and_metrics(place):
    assert f'File "{__file__}", line {line_of(branch)}' in fit(branch, place)


def test_in_an_own_step():
    class Stepping(keras.Model):
        def train_step(self, data):
            x, _ = data
            if keras.ops.sum(x) > 0:
                return {"loss": keras.ops.mean(x)}
            return {"loss": 0.0}

    model = Stepping()
    model.compile()
    with pytest.raises(TypeError, match=rf'File "{__file__}", line \d+, in train_step'):
        model.fit(X, X, verbose=0)


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.__name__)
def test_the_same_code_runs_eagerly(code):
    assert np.shape(code(X)) == (4, 3)
    model = model_of(code, "layer")
    model.compile("sgd", "mse", run_eagerly=True)
    # What left the tensors for NumPy has no gradient, so it is not trained.
    assert np.isfinite(model.evaluate(X, X, verbose=0))


def test_the_error_in_a_functional_model():
    x = keras.Input((3,))
    with pytest.raises(TypeError, match=rf"line {line_of(branch)}"):
        keras.layers.Lambda(branch)(x)
