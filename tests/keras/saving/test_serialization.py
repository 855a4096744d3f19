import json

import keras
import numpy as np
import pytest

import bigdl_keras as ours

VALUES = [
    None,
    3,
    2.5,
    "text",
    True,
    [1, (2, [3])],
    {"a": {"b": [None]}},
    b"bytes",
    slice(1, None, 2),
    Ellipsis,
    np.float32(2.5),
    np.array(3),
    np.array([[1.5, 2.5]], "float32"),
    np.dtype("float32"),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_are_written_as_by_keras_and_come_back(value):
    config = ours.saving.serialize_keras_object(value)
    if not isinstance(value, np.dtype):
        assert config == keras.saving.serialize_keras_object(value)
    back = ours.saving.deserialize_keras_object(config)
    if isinstance(value, np.ndarray) and value.ndim:
        np.testing.assert_array_equal(back, value)
        assert back.dtype == value.dtype
    elif not isinstance(value, (np.generic, np.ndarray, np.dtype)):
        assert str(back) == str(value).replace("(", "[").replace(")", "]") or back == value


OBJECTS = {
    "layer": lambda k: k.layers.Conv2D(3, 2, activation="relu", kernel_regularizer="l2", name="c"),
    "wrapper": lambda k: k.layers.Bidirectional(k.layers.LSTM(3, name="l"), name="b"),
    "initializer": lambda k: k.initializers.HeNormal(seed=3),
    "regularizer": lambda k: k.regularizers.L1L2(0.1, 0.2),
    "constraint": lambda k: k.constraints.MaxNorm(2.0),
    "optimizer": lambda k: k.optimizers.AdamW(0.01, weight_decay=0.1),
    "schedule": lambda k: k.optimizers.schedules.CosineDecay(0.1, 100),
    "loss": lambda k: k.losses.CategoricalCrossentropy(label_smoothing=0.1),
    "metric": lambda k: k.metrics.SparseTopKCategoricalAccuracy(k=2, name="top"),
    "policy": lambda k: k.dtype_policies.DTypePolicy("mixed_bfloat16"),
    "policies": lambda k: k.dtype_policies.DTypePolicyMap("float32"),
    "sequential": lambda k: k.Sequential(
        [k.Input((2,), name="i"), k.layers.ReLU(name="r")], name="s"
    ),
    "seeds": lambda k: k.random.SeedGenerator(3, name="g"),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_objects_are_written_as_by_keras_and_come_back(name):
    item = OBJECTS[name](ours)
    config = ours.saving.serialize_keras_object(item)
    reference = OBJECTS[name](keras)
    expected = keras.saving.serialize_keras_object(reference)
    for key in ("module", "class_name", "registered_name"):
        assert config[key] == expected[key]
    for written in (config, expected, json.loads(json.dumps(config))):
        back = ours.saving.deserialize_keras_object(written)
        assert type(back) is type(item)
        assert ours.saving.serialize_keras_object(back) == config
        assert type(keras.saving.deserialize_keras_object(written)) is type(reference)


@pytest.mark.parametrize(
    "namespace",
    ["layers", "initializers", "regularizers", "constraints", "losses", "metrics", "optimizers"],
)
def test_every_class_has_the_name_it_has_in_keras(namespace):
    from keras.src.api_export import get_name_from_symbol

    from bigdl_keras.saving.public_names import keras_module_of

    checked = 0
    for name, reference in vars(getattr(keras, namespace)).items():
        cls = getattr(getattr(ours, namespace), name, None)
        if isinstance(reference, type) and isinstance(cls, type) and cls.__name__ == name:
            expected = get_name_from_symbol(reference)
            # The base classes, which files never name, are also at the top.
            if expected.split(".")[-1] == name and expected.count(".") > 1:
                assert f"{keras_module_of(cls)}.{name}" == expected
                checked += 1
    assert checked > 3


def test_every_operation_has_the_class_it_has_in_keras():
    import importlib

    from bigdl_keras.saving.operation_names import (
        operation_class_name,
        operation_function,
        operation_module,
    )

    checked = 0
    for name in dir(keras.ops):
        function = getattr(ours.ops, name, None)
        if not getattr(function, "keras_op", False) or function.__name__ != name:
            continue
        module = importlib.import_module(operation_module(function))
        class_name = operation_class_name(function)
        if hasattr(module, class_name):
            assert operation_function(class_name) is function
            checked += 1
    assert checked > 150


@ours.saving.register_keras_serializable("tests", name="Times")
class Multiply(ours.Layer):
    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, x):
        return x * self.factor


@ours.saving.register_keras_serializable("tests")
def double(x):
    return x * 2


def test_registered_names():
    assert ours.saving.get_registered_name(Multiply) == "tests>Times"
    assert ours.saving.get_registered_object("tests>Times") is Multiply
    assert ours.saving.get_custom_objects()["tests>double"] is double
    assert ours.saving.get_registered_name(dict) == "dict"
    config = ours.saving.serialize_keras_object(Multiply(3.0, name="m"))
    assert (config["registered_name"], config["class_name"]) == ("tests>Times", "Multiply")
    assert ours.saving.deserialize_keras_object(config).factor == 3.0
    layer = ours.layers.Dense(2, activation=double)
    copy = ours.layers.deserialize(ours.layers.serialize(layer))
    assert copy.activation is double
    with pytest.raises(ValueError, match="get_config"):
        ours.saving.register_keras_serializable()(type("NoConfig", (), {}))


def test_custom_objects_are_found_in_scopes_and_arguments():
    class Local(ours.Layer):
        def call(self, x):
            return x

    config = ours.saving.serialize_keras_object(Local(name="here"))
    with pytest.raises(TypeError, match=r"Could not locate class 'Local'.*custom_objects"):
        ours.saving.deserialize_keras_object(config)
    given = {"Local": Local}
    assert isinstance(ours.saving.deserialize_keras_object(config, given), Local)
    with ours.saving.custom_object_scope(given):
        assert isinstance(ours.saving.deserialize_keras_object(config), Local)
    assert ours.saving.get_registered_object("Local") is None


def test_what_a_config_may_not_name():
    def config(module, name, kind="class"):
        if kind == "function":
            return {"module": module, "class_name": "function", "config": name}
        return {"module": module, "class_name": name, "config": {}, "registered_name": None}

    for module, name in [
        ("keras.layers", "Absent"),
        ("keras.saving", "CustomObjectScope"),
        ("keras.utils", "get_file"),
        ("os", "system"),
        ("keras.src.ops.numpy", "Absent"),
    ]:
        with pytest.raises(TypeError, match="Could not locate"):
            ours.saving.deserialize_keras_object(config(module, name))
    for module, name in [("builtins", "eval"), ("os", "system"), ("keras.saving", "load_model")]:
        with pytest.raises(TypeError, match="Could not locate function"):
            ours.saving.deserialize_keras_object(config(module, name, "function"))


def test_errors_name_the_object():
    with pytest.raises(TypeError, match="Cannot serialize object"):
        ours.saving.serialize_keras_object(object())
    with pytest.raises(TypeError, match="variable 'v'"):
        ours.saving.serialize_keras_object(ours.Variable(0, name="v"))
    config = ours.saving.serialize_keras_object(ours.layers.Dense(2, name="d"))
    config["config"]["colour"] = "red"
    with pytest.raises((TypeError, ValueError), match="colour"):
        ours.saving.deserialize_keras_object(config)


def test_objects_that_occur_twice_stay_one(tmp_path):
    shared = ours.layers.Dense(2, name="shared")
    inner = [ours.Sequential([ours.Input((2,)), shared], name=name) for name in ("first", "second")]
    x = ours.Input((2,))
    model = ours.Model(x, inner[1](inner[0](x)))
    model.save(tmp_path / "m.keras")
    copy = ours.models.load_model(tmp_path / "m.keras")
    assert len(copy.weights) == 2
    assert copy.get_layer("first").layers[0] is copy.get_layer("second").layers[0]
