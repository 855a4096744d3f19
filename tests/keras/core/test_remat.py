"""Rematerialisation changes no value and no gradient."""

import keras
import numpy as np
import pytest

import bigdl_keras as ours


def trained(wrap):
    class Wrapped(ours.layers.Layer):
        def build(self, input_shape):
            self.w = self.add_weight((4,), initializer="ones", name="w")
            self.function = wrap(lambda x: ours.ops.tanh(x * self.w))

        def call(self, inputs):
            return self.function(inputs)

    model = ours.Sequential([ours.Input((4,)), Wrapped()])
    model.compile(ours.optimizers.SGD(0.5), "mse")
    x = np.linspace(-1, 1, 12, dtype="float32").reshape(3, 4)
    model.train_on_batch(x, np.ones((3, 4)))
    return model.get_weights()[0]


def test_gradients_are_those_of_the_function():
    np.testing.assert_array_equal(trained(ours.remat), trained(lambda f: f))
    assert np.abs(trained(ours.remat) - 1).max() > 1e-3


def test_scope_takes_what_stock_keras_takes():
    for library in (keras, ours):
        with library.RematScope("list_of_layers", layer_names=["d"]) as scope:
            assert (scope.mode, scope.layer_names) == ("list_of_layers", ["d"])
            library.layers.Dense(2, name="d")(np.ones((1, 3), "float32"))
        with pytest.raises(ValueError, match="Invalid mode 'some'"):
            library.RematScope("some")
