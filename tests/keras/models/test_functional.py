import keras
import numpy as np
import pytest

import bigdl_keras as ours
from bigdl_backend.graph.dims import Dim
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import evaluate
from bigdl_keras.core.trace_scope import TraceScope
from tests.keras.models.networks import NETWORKS, data_for, nested, randomise, two_towers

LIBRARIES = pytest.mark.parametrize("library", [ours, keras], ids=["ours", "keras"])


def pair(network):
    """Both libraries' models with the same random weights."""
    mine, reference = network(ours), network(keras)
    randomise(reference)
    mine.set_weights(reference.get_weights())
    return mine, reference


def assert_same(got, expected):
    got, expected = keras.tree.flatten(got), keras.tree.flatten(expected)
    for a, b in zip(got, expected, strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("name", NETWORKS)
def test_equals_keras(name):
    mine, reference = pair(NETWORKS[name])
    assert [op.name for op in mine.layers] == [op.name for op in reference.layers]
    assert [w.path for w in mine.weights] == [w.path for w in reference.weights]
    assert mine.output_names == reference.output_names
    assert mine.input_shape == reference.input_shape
    assert mine.output_shape == reference.output_shape
    data = data_for(mine)
    assert_same(mine(data), reference(data))
    symbolic = keras.tree.map_structure(lambda x: ours.Input(x.shape[1:]), data)
    shapes = [x.shape for x in keras.tree.flatten(mine(symbolic))]
    assert shapes == [x.shape for x in mine.outputs]


def test_one_trace_serves_all_batch_sizes():
    model = nested(ours)
    randomise(model)
    graph = Graph()
    with TraceScope(graph) as scope:
        data = graph.input(TensorSpec((Dim.var("batch"), 4), np.dtype("float32")))
        graph.outputs = [model(data)]
    # The data was declared before the variables that the trace then met.
    arrays = [v.storage for v in scope.reads]
    for rows in (1, 7):
        x = data_for(model, rows)
        (value,) = evaluate(graph, [x, *arrays])
        np.testing.assert_allclose(value, model(x), rtol=1e-5, atol=1e-6)


@LIBRARIES
def test_inputs_may_be_given_by_name_or_position(library):
    model = two_towers(library)
    left, right = data_for(model)
    assert_same(model({"right": right, "left": left}), model([left, right]))
    assert_same(model((left, right)), model([left, right]))


@LIBRARIES
@pytest.mark.parametrize("given", [lambda x: x[:1], lambda x: {"left": x[0]}, lambda x: [*x, x[0]]])
def test_wrong_number_of_inputs(library, given):
    model = two_towers(library)
    with pytest.raises(ValueError):  # noqa: PT011 (the two say it in their own words)
        model(given(data_for(model)))


def test_wrong_inputs_are_named():
    model = two_towers(ours)
    left, right = data_for(model)
    with pytest.raises(ValueError, match="Expected: \\['left', 'right'\\]"):
        model._standardized({"left": left})
    with pytest.raises(ValueError, match=r"'left'.*expected shape=\(None, 4\), found shape=\(5, 3"):
        model([left[:, :3], right])
    with pytest.raises(ValueError, match=r"'left'.*Expected shape \(None, 4\)"):
        model([left[..., None, None], right])


@LIBRARIES
def test_ranks_off_by_a_last_axis_of_one_are_mended(library):
    x = library.Input((3, 1))
    flat = library.Input(())
    model = library.Model([x, flat], [x * 2, flat * 2])
    first, second = model([np.ones((2, 3), "float32"), np.ones((2, 1), "float32")])
    assert (first.shape, second.shape) == ((2, 3, 1), (2,))


@LIBRARIES
def test_optional_inputs(library):
    class AddIfGiven(library.Layer):
        def call(self, x, y=None):
            return x if y is None else x + y

        def compute_output_spec(self, x, y=None):
            return library.KerasTensor(x.shape, x.dtype)

    x, y = library.Input((2,), name="x"), library.Input((2,), name="y", optional=True)
    model = library.Model([x, y], AddIfGiven()(x, y))
    one = np.ones((1, 2), "float32")
    np.testing.assert_array_equal(model([one, None]), one)
    np.testing.assert_array_equal(model([one, one]), one * 2)
    with pytest.raises(ValueError, match=r"'x'|\"x\"|not optional"):
        model([None, one])


@LIBRARIES
def test_a_part_of_a_model_shares_its_layers(library):
    model = two_towers(library)
    left, right = data_for(model)
    part = library.Model(model.input, model.get_layer("both").output)
    tail = library.Model(part.output, model.get_layer("score").output)
    assert part.get_layer("shared") is model.get_layer("shared")
    assert tail.get_layer("score") is model.get_layer("score")
    assert_same(tail(part([left, right])), model([left, right])[0])
    assert len(tail.weights) == 2


@LIBRARIES
def test_get_layer(library):
    model = two_towers(library)
    assert model.get_layer("shared") is model.get_layer(index=2)
    for wrong in ({"name": "absent"}, {"index": 99}, {}, {"name": "shared", "index": 0}):
        with pytest.raises(ValueError):  # noqa: PT011 (the two say it in their own words)
            model.get_layer(**wrong)


@LIBRARIES
def test_graphs_that_are_none(library):
    x, other = library.Input((2,), name="x"), library.Input((2,), name="other")
    y = library.layers.Add()([x, other])
    with pytest.raises(ValueError, match=r"disconnected|not connected"):
        library.Model(x, y)
    with pytest.raises(ValueError, match=r"not connected|disconnected"):
        library.Model(x, other)
    with pytest.raises(ValueError, match="must be KerasTensors"):
        library.Model(x, np.ones(2))
    with pytest.raises(ValueError, match="cannot be empty"):
        library.Model([], x)
    same = [library.layers.Dense(2, name="same") for _ in range(2)]
    with pytest.raises(ValueError, match='"same" is used 2 times'):
        library.Model(x, same[1](same[0](x)))


@LIBRARIES
def test_a_subclass_may_be_functional(library):
    class Classifier(library.Model):
        def __init__(self, units):
            x = library.Input((3,))
            super().__init__(inputs=x, outputs=library.layers.Dense(units)(x), name="classifier")
            self.units = units

    model = Classifier(2)
    assert model(np.ones((4, 3), "float32")).shape == (4, 2)
    assert model.output_shape == (None, 2)
    assert len(model.weights) == 2


def test_an_operation_that_returns_its_own_input():
    class Same(ours.Layer):
        def compute_output_spec(self, x):
            return x

    with pytest.raises(ValueError, match="returned its own symbolic input"):
        Same()(ours.Input((2,)))


@LIBRARIES
def test_layers_attached_later_are_tracked(library):
    model = two_towers(library)
    count = len(model.layers)
    model.extra = library.layers.Dense(2)
    model.extra.build((None, 2))
    assert len(model.weights) == 8
    assert len(model.layers) == count


def test_deep_models_need_no_deep_stack():
    x = y = ours.Input((1,))
    for _ in range(1200):
        y = ours.layers.Identity()(y)
    model = ours.Model(x, y)
    np.testing.assert_array_equal(model(np.ones((1, 1), "float32")), [[1]])


def test_training_and_masks_reach_inner_layers():
    x = ours.Input((None, 2))
    y = ours.layers.Masking()(x)
    y = ours.layers.Dropout(0.999, seed=1)(y)
    inner = ours.Model(x, ours.layers.LSTM(3)(y))
    outer = ours.Sequential([ours.Input((None, 2)), inner])
    data = np.ones((2, 3, 2), "float32")
    padded = np.concatenate([data, np.zeros((2, 2, 2), "float32")], axis=1)
    assert_same(outer(data), outer(padded))
    assert np.abs(np.asarray(outer(data, training=True)) - np.asarray(outer(data))).max() > 1e-3
