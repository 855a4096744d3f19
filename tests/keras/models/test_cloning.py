import keras
import numpy as np
import pytest

import bigdl_keras as ours
from tests.keras.models.networks import NETWORKS, data_for, nested, randomise, two_towers

LIBRARIES = pytest.mark.parametrize("library", [ours, keras], ids=["ours", "keras"])


@pytest.mark.parametrize("name", NETWORKS)
def test_a_clone_has_the_graph_and_weights_of_its_own(name):
    model = NETWORKS[name](ours)
    randomise(model)
    clone = ours.models.clone_model(model)
    assert [op.name for op in clone.operations] == [op.name for op in model.operations]
    assert not {id(w) for w in clone.weights} & {id(w) for w in model.weights}
    clone.set_weights(model.get_weights())
    data = data_for(model)
    for got, expected in zip(
        ours.tree.flatten(clone(data)), ours.tree.flatten(model(data)), strict=True
    ):
        np.testing.assert_array_equal(got, expected)


@LIBRARIES
def test_clone_function_and_recursion(library):
    def wider(layer):
        config = layer.get_config()
        if isinstance(layer, library.layers.Dense):
            config["activation"] = "relu"
        return type(layer).from_config(config)

    model = nested(library)
    clone = library.models.clone_model(model, clone_function=wider, recursive=True)
    inner = clone.get_layer("inner").get_layer("inner_dense")
    assert inner.activation.__name__ == "relu"
    assert inner is not model.get_layer("inner").get_layer("inner_dense")


@LIBRARIES
def test_sequential_on_another_input(library):
    model = library.Sequential([library.Input((None, 3)), library.layers.Dense(2)])
    clone = library.models.clone_model(model, input_tensors=library.Input((5, 3)))
    assert clone.output_shape == (None, 5, 2)


@LIBRARIES
def test_compiled_models_stay_compiled(library):
    model = library.Sequential([library.Input((3,)), library.layers.Dense(2)])
    model.compile(library.optimizers.SGD(0.5), "mse", metrics=["mae"])
    clone = library.models.clone_model(model)
    assert clone.compiled
    assert clone.optimizer is not model.optimizer
    assert float(clone.optimizer.learning_rate) == 0.5


@LIBRARIES
def test_what_cannot_be_cloned_so(library):
    with pytest.raises(ValueError, match="`call_function`"):
        library.models.clone_model(
            library.Sequential([library.Input((1,))]), call_function=lambda layer, x: layer(x)
        )
    with pytest.raises(ValueError, match="input_tensors"):
        library.models.clone_model(two_towers(library), input_tensors=[np.ones(2), np.ones(2)])
