import keras
import numpy as np
import pytest

import bigdl_keras as ours

LIBRARIES = pytest.mark.parametrize("library", [ours, keras], ids=["ours", "keras"])


@LIBRARIES
def test_built_by_an_input(library):
    model = library.Sequential([library.Input((3,)), library.layers.Dense(2, name="d")], name="s")
    assert model.built
    assert [layer.name for layer in model.layers] == ["d"]
    assert (model.input_shape, model.output_shape) == ((None, 3), (None, 2))
    assert [w.path for w in model.weights] == ["s/d/kernel", "s/d/bias"]
    assert model.inputs[0].shape == (None, 3)


@LIBRARIES
def test_built_by_data(library):
    model = library.Sequential([library.layers.Dense(2), library.layers.Dense(1)])
    assert not model.built
    for attribute in ("input_shape", "output_shape", "inputs", "outputs"):
        with pytest.raises(AttributeError):
            getattr(model, attribute)
    assert model(np.ones((4, 3), "float32")).shape == (4, 1)
    assert model.output_shape == (4, 1)
    assert model(np.ones((6, 3), "float32")).shape == (6, 1)


@LIBRARIES
def test_add_and_pop(library):
    model = library.Sequential()
    model.add(library.Input((3,)))
    model.add(library.layers.Dense(2))
    model.add(library.layers.Dense(5))
    assert model.output_shape == (None, 5)
    popped = model.pop()
    assert popped.units == 5
    assert model.output_shape == (None, 2)
    assert len(model.weights) == 2


@LIBRARIES
def test_what_cannot_be_added(library):
    model = library.Sequential([library.Input((3,)), library.layers.Dense(2, name="d")])
    with pytest.raises(ValueError, match=r"Only instances of `keras.Layer`"):
        model.add("layer")
    with pytest.raises(ValueError, match="should have unique names"):
        model.add(library.layers.Dense(2, name="d"))
    with pytest.raises(ValueError, match=r"already been configured|already begins"):
        model.add(library.Input((4,)))
    with pytest.raises(ValueError, match="already been configured to use input shape"):
        model.build((None, 7))
    with pytest.raises(ValueError, match="has no layers"):
        library.Sequential().build((None, 3))
    with pytest.raises(AttributeError, match="reserved"):
        model.layers = []


def test_layers_of_two_arguments_are_refused_by_name():
    class Two(ours.Layer):
        def call(self, a, b):
            return a

    with pytest.raises(ValueError, match=r"single required positional argument.*'two'"):
        ours.Sequential([ours.Input((2,)), Two(name="two")])


@LIBRARIES
def test_inputs_that_are_structures(library):
    class Sum(library.Layer):
        def call(self, inputs):
            return inputs["a"] + inputs["b"]

    model = library.Sequential([Sum(), library.layers.Dense(2)])
    one = np.ones((3, 4), "float32")
    assert model({"a": one, "b": one}).shape == (3, 2)


@LIBRARIES
def test_models_within(library):
    inner = library.Sequential([library.Input((3,)), library.layers.Dense(4)])
    outer = library.Sequential([inner, library.layers.Dense(2)])
    assert outer.built
    assert outer.output_shape == (None, 2)
    np.testing.assert_allclose(
        outer(np.ones((1, 3), "float32")),
        outer.layers[1](inner(np.ones((1, 3), "float32"))),
        rtol=1e-6,
    )


def test_masks_reach_later_layers_without_a_graph():
    model = ours.Sequential([ours.layers.Masking(), ours.layers.LSTM(2)])
    data = np.ones((2, 3, 2), "float32")
    padded = np.concatenate([data, np.zeros((2, 2, 2), "float32")], axis=1)
    np.testing.assert_allclose(model(data), model(padded), rtol=1e-6)
