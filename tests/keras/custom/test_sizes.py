"""Code that needs to know how many rows a batch has, as it does when Keras compiles a step."""

import numpy as np
import pytest

import bigdl_keras as ours
from tests.keras.custom.in_both import numbers, same_in_both

X = numbers(5, 3)
Y = numbers(5, 3)


def model_that(keras, function):
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(3, kernel_initializer="ones")

        def call(self, x):
            return function(keras.ops, self.dense(x))

    return Own()


def loop(ops, x):
    return ops.stack([x[i] * i for i in range(x.shape[0])])


def branch(ops, x):
    return x * 2 if x.shape[0] % 2 == 0 else x


def whole_shape(ops, x):
    return x * 2 if tuple(x.shape) == (2, 3) else x


def order(ops, x):
    return x * 2 if x.shape[0] > 1 else x


def array(ops, x):
    return x + np.arange(x.shape[0], dtype="float32")[:, None]


def number(ops, x):
    return x * float(x.shape[0]) / len(x)


def rows(ops, x):
    return ops.stack([row * 2 for row in x])


def shape_of(ops, x):
    return ops.reshape(ops.reshape(x, (ops.shape(x)[0] * 3,)), (x.shape[0], -1))


def repeat(ops, x):
    return ops.fori_loop(0, x.shape[0], lambda i, total: total + i, x)


CODES = [loop, branch, whole_shape, order, array, number, rows, shape_of, repeat]


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.__name__)
def test_predictions(code):
    """Two rows, two rows and one row, against the same code on arrays."""
    model = model_that(ours, code)
    found = model.predict(X, batch_size=2, verbose=0)
    expected = np.concatenate([model(X[:2]), model(X[2:4]), model(X[4:])])
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parity
@pytest.mark.parametrize("code", [branch, rows], ids=lambda code: code.__name__)
def test_training(code):
    def train(keras):
        model = model_that(keras, code)
        model.compile(keras.optimizers.SGD(0.1), "mse")
        history = model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0).history
        return {"history": history, "weights": model.get_weights()}

    same_in_both(train)()


def test_one_step_serves_every_number_of_rows_unless_it_cannot():
    calls = []

    def count(function):
        def counted(ops, x):
            calls.append(1)
            return function(ops, x)

        model = model_that(ours, counted)
        model.predict(X, batch_size=2, verbose=0)
        calls.clear()
        for size in (5, 4, 3):
            model.predict(X[:size], batch_size=size, verbose=0)
        return len(calls)

    assert count(lambda ops, x: x * 2) == 0
    assert count(branch) >= 3


def test_errors_tell_of_real_shapes():
    model = model_that(ours, lambda ops, x: x + np.ones((7, 3), "float32"))
    with pytest.raises(ValueError, match=r"\(5, 3\), \(7, 3\)"):
        model.predict(X, verbose=0)
