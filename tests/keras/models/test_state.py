import keras
import numpy as np
import pytest

import bigdl_keras as ours
from bigdl_backend.graph.program import Program
from bigdl_backend.graph.session import Session
from tests.keras.models.networks import NETWORKS, data_for, randomise

LIBRARIES = pytest.mark.parametrize("library", [ours, keras], ids=["ours", "keras"])


@LIBRARIES
def test_state_trees(library):
    model = library.Sequential([library.Input((2,)), library.layers.Dense(1, name="d")], name="m")
    model.compile("sgd", "mse", metrics=["mae"])
    model.fit(np.zeros((2, 2)), np.zeros((2, 1)), verbose=0)
    tree = model.get_state_tree(value_format="numpy_array")
    assert tree["trainable_variables"]["m"]["d"].keys() == {"kernel", "bias"}
    assert tree["optimizer_variables"]["sgd"]["iteration"] == 1
    assert tree["metrics_variables"]["mean_absolute_error"]["count"] == 2
    tree["trainable_variables"]["m"]["d"]["kernel"] += 1
    model.set_state_tree(tree)
    np.testing.assert_array_equal(
        model.layers[0].kernel, tree["trainable_variables"]["m"]["d"]["kernel"]
    )
    with pytest.raises(ValueError, match="value_format"):
        model.get_state_tree("text")
    with pytest.raises(ValueError, match="Unknown variable name: colours"):
        model.set_state_tree({"colours": {}})


def test_names_that_a_model_has_not():
    model = ours.Sequential([ours.Input((2,)), ours.layers.Dense(1, name="d")], name="m")
    with pytest.raises(ValueError, match="no variable 'm/d/colour'"):
        model.set_state_tree({"trainable_variables": {"m": {"d": {"colour": 1}}}})


@pytest.mark.parametrize("name", NETWORKS)
def test_an_exported_program_computes_the_same(tmp_path, name):
    model = NETWORKS[name](ours)
    randomise(model)
    model.export(tmp_path / "program")
    session = Session(Program.from_bytes((tmp_path / "program").read_bytes()), threads=1)
    data = data_for(model)
    outputs = session.run("predict", ours.tree.flatten(data))
    for got, expected in zip(outputs, ours.tree.flatten(model(data)), strict=True):
        np.testing.assert_allclose(got, expected, rtol=2e-5, atol=1e-6)


def test_what_cannot_be_exported(tmp_path):
    model = ours.Sequential([ours.layers.Dense(1)])
    with pytest.raises(ValueError, match="not yet been built"):
        model.export(tmp_path / "program")
    with pytest.raises(ValueError, match="Unknown export format 'onnx'"):
        model.export(tmp_path / "program", format="onnx")
