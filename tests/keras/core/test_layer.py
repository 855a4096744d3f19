import warnings

import keras
import numpy as np
import pytest

import bigdl_keras as ours
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.spec import TensorSpec
from bigdl_keras.core.masks import get_keras_mask, set_keras_mask
from bigdl_keras.core.trace_scope import TraceScope

LIBRARIES = pytest.mark.parametrize("library", [ours, keras], ids=["ours", "keras"])


def scale_layer(library):
    class Scale(library.Layer):
        def build(self, input_shape):
            self.factor = self.add_weight(
                shape=(input_shape[-1],), initializer="ones", name="factor"
            )

        def call(self, x):
            return x * self.factor

    return Scale


@LIBRARIES
def test_first_call_builds(library):
    layer = scale_layer(library)(name="scale")
    assert not layer.built
    assert layer.path is None
    out = layer(np.ones((2, 3), "float32"))
    assert out.shape == (2, 3)
    assert layer.built
    assert (layer.path, layer.factor.path) == ("scale", "scale/factor")
    assert layer.count_params() == 3
    assert layer.get_build_config() == {"input_shape": (2, 3)}
    assert repr(layer) == "<Scale name=scale, built=True>"


@LIBRARIES
def test_state_is_locked_after_build(library):
    layer = scale_layer(library)()
    layer.build((None, 3))
    with pytest.raises(ValueError, match="cannot add new elements of state"):
        layer.extra = library.layers.Dense(2)


@LIBRARIES
def test_build_config_with_several_inputs(library):
    class Join(library.Layer):
        def build(self, left_shape, right_shape):
            self.w = self.add_weight(shape=(left_shape[-1], right_shape[-1]))

        def call(self, left, right):
            return left @ self.w + right

    layer = Join()
    layer(np.ones((2, 3), "float32"), np.ones((2, 4), "float32"))
    config = layer.get_build_config()
    assert config == {"shapes_dict": {"left_shape": (2, 3), "right_shape": (2, 4)}}
    other = Join()
    other.build_from_config(config)
    assert other.w.shape == (3, 4)


def test_build_argument_that_matches_no_argument_of_call():
    class Wrong(ours.Layer):
        def build(self, a_shape, c_shape):
            self.w = self.add_weight()

        def call(self, a, b):
            return a

    with pytest.raises(ValueError, match=r"`c_shape`.*call\(\).*\['a', 'b'\]"):
        Wrong()(np.ones(2), np.ones(2))


@LIBRARIES
def test_sublayers_are_built_by_the_first_call_without_build(library):
    class Block(library.Layer):
        def __init__(self):
            super().__init__(name="block")
            self.blocks = [library.layers.Dense(4, name="d"), scale_layer(library)(name="s")]

        def call(self, x):
            for block in self.blocks:
                x = block(x)
            return x

    eager, symbolic = Block(), Block()
    eager(np.ones((2, 3), "float32"))
    assert symbolic(library.Input((3,))).shape == (None, 4)
    expected = [("block/d/kernel", (3, 4)), ("block/d/bias", (4,)), ("block/s/factor", (4,))]
    for layer in (eager, symbolic):
        assert [(v.path, v.shape) for v in layer.weights] == expected


@LIBRARIES
def test_training_argument_comes_from_the_call_then_the_outer_layer_then_the_default(library):
    seen = []

    class Inner(library.Layer):
        def call(self, x, training=None):
            seen.append(training)
            return x

    class Outer(library.Layer):
        def __init__(self):
            super().__init__()
            self.inner = Inner()
            self.inner.built = True

        def build(self, input_shape):
            self.built = True

        def call(self, x, training=False):
            return self.inner(x)

    x = np.ones((1, 2), "float32")
    outer = Outer()
    outer(x)
    outer(x, training=True)
    outer.inner(x)
    outer.inner(x, training=True)
    assert seen == [False, True, None, True]


def test_an_outer_layer_without_the_argument_passes_training_on():
    seen = []

    class Inner(ours.Layer):
        def call(self, x, training=None):
            seen.append(training)
            return x

    class Outer(ours.Layer):
        def __init__(self):
            super().__init__()
            self.inner = Inner()

        def call(self, x):
            return self.inner(x)

    Outer()(np.ones(2, "float32"), training=True)
    assert seen[-1] is True


@LIBRARIES
def test_masks_travel_beside_values(library):
    seen = {}

    class Reads(library.Layer):
        supports_masking = True

        def call(self, x, mask=None):
            seen["mask"] = mask
            return x

        def compute_mask(self, x, mask):
            return None

    def run(x):
        x = library.layers.Masking(mask_value=0.0)(x)
        return Reads()(library.layers.Activation("tanh")(x))

    data = np.array([[[1.0], [0.0], [2.0]]], "float32")
    run(data)
    np.testing.assert_array_equal(seen["mask"], [[True, False, True]])
    x = library.Input((3, 1))
    model = library.Model(x, run(x))
    seen.clear()
    model(data)
    np.testing.assert_array_equal(seen["mask"], [[True, False, True]])


@LIBRARIES
def test_a_layer_that_loses_a_mask_warns(library):
    class Plain(library.Layer):
        def call(self, x):
            return x * 1.0

    masked = library.layers.Masking()(np.zeros((1, 2, 1), "float32"))
    with pytest.warns(UserWarning, match="does not support masking"):
        Plain()(masked)


def test_masks_are_forgotten_with_their_arrays():
    x = np.zeros((2, 3), np.float32)
    mask = np.ones(2, bool)
    set_keras_mask(x, mask)
    assert get_keras_mask(x) is mask
    assert get_keras_mask(x.copy()) is None
    set_keras_mask(x, None)
    assert get_keras_mask(x) is None


@LIBRARIES
def test_mixed_precision(library):
    seen = {}

    class Look(library.layers.Dense):
        def call(self, x):
            seen["input"], seen["kernel"] = str(x.dtype), str(self.kernel.value.dtype)
            return super().call(x)

    layer = Look(2, dtype="mixed_bfloat16")
    out = layer(np.ones((2, 3), "float64"))
    assert str(out.dtype) == "bfloat16"
    assert seen == {"input": "bfloat16", "kernel": "bfloat16"}
    assert layer.kernel.dtype == "float32"
    assert (layer.compute_dtype, layer.variable_dtype) == ("bfloat16", "float32")
    indices = np.zeros((2, 3), "int32")
    assert str(library.layers.Identity(dtype="mixed_bfloat16")(indices).dtype) == "int32"
    assert layer(library.Input((3,))).dtype == "bfloat16"


@LIBRARIES
def test_dtype_policy_maps(library):
    policies = library.dtype_policies.DTypePolicyMap("float32")
    policies["model/half"] = library.dtype_policies.DTypePolicy("mixed_bfloat16")
    policies["model/.*_wide"] = library.dtype_policies.DTypePolicy("float64")
    assert policies["model/half"].compute_dtype == "bfloat16"
    assert policies["model/one_wide"].compute_dtype == "float64"
    assert policies["model/other"].compute_dtype == "float32"
    with pytest.raises(ValueError, match="already exist"):
        policies["model/half"] = "float32"


@LIBRARIES
def test_set_weights_checks_count_and_shapes(library):
    layer = library.layers.Dense(2, name="d")
    layer.build((None, 3))
    with pytest.raises(ValueError, match=r"weight list of length 1.*expecting 2"):
        layer.set_weights([np.zeros((3, 2))])
    with pytest.raises(ValueError, match=r"weight shape \(2,\).*weight shape \(3,\)"):
        layer.set_weights([np.zeros((3, 2)), np.zeros(3)])
    values = [np.full((3, 2), 2.0), np.arange(2.0)]
    layer.set_weights(values)
    for got, expected in zip(layer.get_weights(), values, strict=True):
        np.testing.assert_array_equal(got, expected)


@LIBRARIES
def test_trainable_reaches_everything_below(library):
    model = library.Sequential([library.Input((3,)), library.layers.Dense(2)])
    model.add(library.layers.BatchNormalization())
    assert (len(model.trainable_weights), len(model.non_trainable_weights)) == (4, 2)
    model.trainable = False
    assert (len(model.trainable_weights), len(model.non_trainable_weights)) == (0, 6)
    model.layers[0].trainable = True
    assert len(model.layers[0].trainable_weights) == 2
    assert len(model.trainable_weights) == 0
    model.trainable = True
    assert (len(model.trainable_weights), len(model.non_trainable_weights)) == (4, 2)


@LIBRARIES
def test_a_mask_argument_does_not_stay_on_the_callers_array(library):
    x = library.Input((3, 1))
    model = library.Model(x, library.layers.GlobalAveragePooling1D()(x))
    data = np.array([[[1.0], [2.0], [9.0]]], "float32")
    np.testing.assert_allclose(model(data, mask=np.array([[True, True, False]])), [[1.5]])
    np.testing.assert_allclose(model(data), [[4.0]])


@LIBRARIES
def test_losses_are_those_of_the_last_call(library):
    class Penalty(library.Layer):
        def call(self, x):
            self.add_loss(library.ops.sum(x))
            return x

    class Outer(library.Layer):
        def __init__(self):
            super().__init__()
            self.penalty = Penalty()
            self.dense = library.layers.Dense(
                1, kernel_initializer="ones", kernel_regularizer="l2", activity_regularizer="l1"
            )

        def call(self, x):
            return self.dense(self.penalty(x))

    layer = Outer()
    for _ in range(2):
        layer(np.full((2, 3), 2.0, "float32"))
    losses = sorted(float(loss) for loss in layer.losses)
    np.testing.assert_allclose(losses, [0.03, 0.06, 12.0], rtol=1e-6)


def test_losses_in_a_trace_go_to_the_scope():
    class Penalty(ours.Layer):
        def call(self, x):
            self.add_loss(ours.ops.sum(x))
            return x

    layer = Penalty()
    graph = Graph()
    with TraceScope(graph) as scope:
        layer(graph.input(TensorSpec.of((2, 3), "float32")))
        assert layer.losses == scope.losses
        assert len(scope.losses) == 1
    assert layer.losses == []
    with pytest.raises(ValueError, match="Received invalid value"):
        layer.add_loss("text")


@LIBRARIES
def test_stateless_call(library):
    layer = library.layers.BatchNormalization(momentum=0.5)
    layer.build((None, 2))
    data = np.array([[1.0, 2.0], [3.0, 6.0]], "float32")
    trainable = [np.full(2, 2.0, "float32"), np.ones(2, "float32")]
    kept = [np.zeros(2, "float32"), np.ones(2, "float32")]
    outputs, new = layer.stateless_call(trainable, kept, data, training=True)
    np.testing.assert_allclose(new[0], [1.0, 2.0])
    np.testing.assert_allclose(layer.moving_mean, [0.0, 0.0])
    np.testing.assert_allclose(np.mean(outputs, axis=0), [1.0, 1.0], atol=1e-5)
    with pytest.raises(ValueError, match=r"length 1.*expected 2"):
        layer.stateless_call(trainable[:1], kept, data)
    with pytest.raises(ValueError, match="must be built"):
        library.layers.Dense(2).stateless_call([], [], data)


@LIBRARIES
@pytest.mark.parametrize(
    ("spec", "shape", "message"),
    [
        ({"ndim": 3}, (2, 4), r"expected ndim=3, found ndim=2. Full shape received: \(2, 4\)"),
        ({"min_ndim": 3}, (2, 4), "expected min_ndim=3, found ndim=2"),
        ({"max_ndim": 1}, (2, 4), "expected max_ndim=1, found ndim=2"),
        ({"axes": {-1: 3}}, (2, 4), "expected axis -1 of input shape to have value 3"),
        ({"shape": (None, 3)}, (2, 4), r"expected shape=\(None, 3\), found shape=\(2, 4\)"),
        ({"dtype": "int32"}, (2, 4), "expected dtype=int32, found dtype=float32"),
    ],
)
def test_input_specs(library, spec, shape, message):
    class Strict(library.Layer):
        def __init__(self):
            super().__init__(name="strict")
            self.input_spec = library.layers.InputSpec(**spec)

        def call(self, x):
            return x

    with pytest.raises(ValueError, match=f"'?strict'? is incompatible with the layer: {message}"):
        Strict()(np.ones(shape, "float32"))


@LIBRARIES
def test_wrong_calls(library):
    class Two(library.Layer):
        def call(self, a, b=None):
            return a

    layer = Two()
    with pytest.raises(ValueError, match="Only input tensors may be passed"):
        layer("text")
    with pytest.raises(ValueError, match="Unrecognized keyword arguments"):
        library.layers.Dense(2, colour="red")
    with pytest.raises(ValueError, match="cannot contain character `/`"):
        library.layers.Dense(2, name="a/b")

    class Careless(library.Layer):
        def __init__(self):
            self.units = 3

        def call(self, x):
            return x

    with pytest.raises(RuntimeError, match="forgot to call"):
        Careless()(np.ones(2, "float32"))


def test_an_error_during_shape_inference_names_the_layer():
    class Broken(ours.Layer):
        def call(self, x):
            raise KeyError("inside")

    with pytest.raises(KeyError) as caught:
        Broken(name="broken")(ours.Input((2,)))
    assert "'broken'" in "".join(caught.value.__notes__)


@LIBRARIES
def test_configs_of_plain_arguments_need_no_method(library):
    class Plain(library.Layer):
        def __init__(self, units, sizes=(1, 2), **kwargs):
            super().__init__(**kwargs)
            self.units, self.sizes = units, sizes

        def call(self, x):
            return x

    layer = Plain(3, name="plain", trainable=False)
    config = layer.get_config()
    assert {k: config[k] for k in ("units", "name", "trainable")} == {
        "units": 3,
        "name": "plain",
        "trainable": False,
    }
    copy = Plain.from_config(config)
    assert (copy.units, tuple(copy.sizes), copy.name) == (3, (1, 2), "plain")
    with pytest.raises(NotImplementedError, match="get_config"):
        Plain(object()).get_config()


@LIBRARIES
def test_compute_output_shape_of_the_user_is_used(library):
    class Opaque(library.Layer):
        def call(self, x):
            return np.asarray(x).sum(axis=-1)

        def compute_output_shape(self, input_shape):
            return input_shape[:-1]

    assert Opaque()(library.Input((5, 3))).shape == (None, 5)


def test_compute_output_shape_without_one_is_traced():
    layer = ours.layers.Dense(4)
    assert layer.compute_output_shape((None, 3)) == (None, 4)
    assert not layer.built
    layer.build((None, 5))
    assert layer.compute_output_shape((7, 5)) == (7, 4)


@LIBRARIES
def test_call_arguments_may_be_structures(library):
    class Pick(library.Layer):
        def call(self, inputs):
            return {"sum": inputs["a"] + inputs["b"][0], "b": inputs["b"]}

    x = {"a": library.Input((2,), name="a"), "b": [library.Input((2,), name="b")]}
    out = Pick()(x)
    assert out["sum"].shape == (None, 2)
    value = Pick()({"a": np.ones((1, 2), "float32"), "b": [np.ones((1, 2), "float32")]})
    np.testing.assert_array_equal(value["sum"], [[2, 2]])
    with pytest.raises(ValueError, match="cannot mix tensors and non-tensors"):
        Pick()(inputs={"a": np.ones((1, 2), "float32"), "b": "text"})


def test_quantisation_is_refused_by_name():
    layer = ours.layers.Dense(2, name="d")
    with pytest.raises(NotImplementedError, match="'d' cannot be quantised"):
        layer.quantize("int8")
    with pytest.raises(NotImplementedError, match=r"quantised weights.*int8_from_float32"):
        ours.layers.Dense(2, dtype="int8_from_float32")
    policies = {"d": ours.dtype_policies.get("int8_from_float32")}
    by_path = ours.layers.Dense(
        2, name="d", dtype=ours.dtype_policies.DTypePolicyMap("float32", policies)
    )
    with pytest.raises(NotImplementedError, match="'d' cannot compute with quantised weights"):
        by_path.build((None, 3))
    # Where stock Keras does not quantise either, the source policy computes.
    assert ours.layers.Flatten(dtype="int8_from_bfloat16").compute_dtype == "bfloat16"


def test_layers_accept_old_input_shapes_with_a_warning():
    with pytest.warns(UserWarning, match="Do not pass an `input_shape`"):
        layer = ours.layers.Dense(2, input_shape=(3,))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = ours.Sequential([layer])
    model.build((None, 3))
    assert model.output_shape == (None, 2)
