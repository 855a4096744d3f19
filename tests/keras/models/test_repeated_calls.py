"""Calling a model on arrays again and again: the same results as calling its layers, without Python for each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

import bigdl_keras
from bigdl_keras import layers, models, tree
from bigdl_keras.core.masks import get_keras_mask

X = np.linspace(-1, 1, 12, dtype="float32").reshape(3, 4)


assert_close = partial(np.testing.assert_allclose, rtol=1e-5, atol=1e-5)


def dense() -> models.Sequential:
    return models.Sequential(
        [layers.Input((4,)), layers.Dense(5, activation="tanh"), layers.Dense(2)]
    )


def is_traced(model: bigdl_keras.Model, x: object) -> bool:
    assert model._repeated_calls is not None
    return model._repeated_calls.steps_for(x) is not None


def functional() -> bigdl_keras.Model:
    a, b = layers.Input((4,)), layers.Input((4,))
    hidden = layers.BatchNormalization()(layers.Dense(3)(a) * 2.0)
    return bigdl_keras.Model([a, b], [hidden, layers.Dropout(0.5)(layers.Add()([a, b]))])


@pytest.mark.parametrize(("make", "x"), [(dense, X), (functional, [X, X + 1])])
def test_the_step_gives_what_the_layers_give(make: Callable[[], bigdl_keras.Model], x) -> None:
    model = make()
    first = model(x)
    assert is_traced(model, x)
    again = model(x, training=False)
    assert type(again) is type(first)
    for one, other in zip(tree.flatten(again), tree.flatten(first), strict=True):
        assert_close(one, other)


def test_new_weights_are_seen() -> None:
    model = dense()
    model(X)
    model.set_weights([weight * 0 + 1 for weight in model.get_weights()])
    assert is_traced(model, X)
    assert_close(model(X), 5 * np.tanh(X.sum(1, keepdims=True) + 1) + [1, 1])


def test_state_goes_on() -> None:
    model = models.Sequential(
        [layers.Input(batch_shape=(3, 2, 2)), layers.SimpleRNN(4, stateful=True)]
    )
    x = X.reshape(3, 2, 2)
    model(x)
    assert is_traced(model, x)
    second = model(x)
    model.layers[0].reset_state()
    model.layers[0](x)
    assert_close(second, model.layers[0](x))


def test_a_changed_attribute_is_seen() -> None:
    model = dense()
    model(X), model(X)
    model.layers[-1].activation = bigdl_keras.activations.relu
    assert not is_traced(model, X)
    assert model(X).min() == 0
    assert model(X).min() == 0


def test_layers_come_and_go() -> None:
    model = dense()
    model(X), model(X)
    model.add(layers.ReLU())
    assert model(X).min() == 0
    assert model(X).min() == 0


def test_training_draws() -> None:
    model = models.Sequential([layers.Input((4,)), layers.Dropout(0.5)])
    model(X)
    np.testing.assert_array_equal(model(X), X)
    assert not np.array_equal(model(X, training=True), model(X, training=True))


def test_wrong_shapes_get_the_error_of_the_layers() -> None:
    model = dense()
    model(X)
    with pytest.raises(ValueError, match="axis -1 of input shape to have value 4"):
        model(X[:, :3])


class Counting(layers.Layer):
    calls = 0

    def call(self, x):
        self.calls += 1
        return x


@pytest.mark.parametrize(
    "last",
    [
        Counting,
        lambda: layers.Lambda(lambda x: x),
        lambda: layers.ActivityRegularization(1e-3),
        lambda: layers.Dense(2, activity_regularizer="l2"),
    ],
    ids=["own layer", "lambda", "added loss", "activity regularizer"],
)
def test_python_that_may_be_seen_runs_every_time(last: Callable[[], layers.Layer]) -> None:
    model = models.Sequential([layers.Input((4,)), layers.Dense(2), last()])
    model(X), model(X)
    assert not is_traced(model, X)
    if isinstance(model.layers[-1], Counting):
        before = model.layers[-1].calls
        model(X)
        assert model.layers[-1].calls == before + 1


def test_masks_go_on() -> None:
    model = models.Sequential([layers.Input((3,)), layers.Embedding(9, 2, mask_zero=True)])
    tokens = np.array([[1, 2, 0]])
    for _ in range(2):
        np.testing.assert_array_equal(get_keras_mask(model(tokens)), tokens != 0)


def test_run_eagerly_stays_eager() -> None:
    model = dense()
    model.compile(run_eagerly=True)
    model(X)
    assert not is_traced(model, X)


def test_ever_new_shapes_are_not_planned() -> None:
    model = dense()
    for rows in range(1, 12):
        x = np.ones((rows, 4), "float32")
        assert_close(model(x), model(x))
    assert not is_traced(model, np.ones((11, 4), "float32"))
    assert is_traced(model, np.ones((1, 4), "float32"))


def test_training_may_be_an_array() -> None:
    model = models.Sequential([layers.Input((4,)), layers.ReLU()])
    for _ in range(2):
        assert_close(model(X, training=np.array([False, False])), np.maximum(X, 0))
