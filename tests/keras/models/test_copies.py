import copy
import pickle

import numpy as np
import pytest

import bigdl_keras as ours
from tests.keras.models.networks import data_for, nested, randomise

COPIES = pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["deepcopy", "pickle"]
)


class Doubled(ours.Layer):
    """A layer that is not registered."""

    def call(self, x):
        return x * 2


@COPIES
def test_models(copied):
    model = nested(ours)
    randomise(model)
    model.compile("adam", "mse")
    twin = copied(model)
    data = data_for(model)
    np.testing.assert_array_equal(twin(data), model(data))
    assert twin.compiled
    assert not {id(w) for w in twin.weights} & {id(w) for w in model.weights}


@COPIES
def test_models_with_classes_of_the_user(copied):
    twin = copied(ours.Sequential([ours.Input((2,)), Doubled()]))
    np.testing.assert_array_equal(twin(np.ones((1, 2), "float32")), [[2, 2]])


@COPIES
def test_layers(copied):
    layer = ours.layers.Bidirectional(ours.layers.LSTM(2))
    data = np.ones((1, 3, 2), "float32")
    expected = layer(data)
    twin = copied(layer)
    np.testing.assert_array_equal(twin(data), expected)
    twin.set_weights([w * 0 for w in twin.get_weights()])
    np.testing.assert_array_equal(layer(data), expected)
    assert np.abs(twin(data)).max() == 0
