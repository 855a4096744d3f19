"""Files go both ways between the two libraries."""

import json
import zipfile

import h5py
import keras
import numpy as np
import pytest

import bigdl_keras as ours
from tests.keras.models.networks import NETWORKS, data_for, randomise

DIRECTIONS = pytest.mark.parametrize(
    ("writer", "reader"), [(ours, keras), (keras, ours)], ids=["to_keras", "from_keras"]
)


def assert_same(got, expected):
    for a, b in zip(keras.tree.flatten(got), keras.tree.flatten(expected), strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=2e-5, atol=1e-6)


@DIRECTIONS
@pytest.mark.parametrize("name", NETWORKS)
def test_models(tmp_path, writer, reader, name):
    model = NETWORKS[name](writer)
    randomise(model)
    model.save(tmp_path / "model.keras")
    copy = reader.models.load_model(tmp_path / "model.keras")
    assert [layer.name for layer in copy.layers] == [layer.name for layer in model.layers]
    data = data_for(model)
    assert_same(copy(data), model(data))
    again = reader.models.model_from_json(model.to_json())
    assert [w.shape for w in again.weights] == [w.shape for w in model.weights]


@pytest.mark.parametrize("name", NETWORKS)
def test_weight_files_have_the_same_layout(tmp_path, name):
    def layout(library):
        model = NETWORKS[name](library)
        path = tmp_path / f"{library.__name__}.weights.h5"
        model.save_weights(path)
        found = {}
        with h5py.File(path) as file:
            file.visititems(lambda key, item: found.update({key: getattr(item, "shape", None)}))
        return found

    assert layout(ours) == layout(keras)


def _config(model, path):
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("config.json"))


def _graph(config):
    """What the config says of layers and calls, without their settings and ids of objects."""
    if isinstance(config, list):
        return [_graph(item) for item in config]
    if not isinstance(config, dict):
        return config
    kept = {k: _graph(v) for k, v in config.items() if k != "shared_object_id"}
    if kept.get("module") == "keras.layers":
        kept["config"] = kept["config"]["name"]
    for node in kept.get("inbound_nodes", ()):
        # Keras writes the mask argument of models even where there is none.
        node["kwargs"] = {k: v for k, v in node["kwargs"].items() if v is not None}
    return kept


@pytest.mark.parametrize("name", NETWORKS)
def test_configs_are_those_of_keras(tmp_path, name):
    ours.backend.clear_session()
    keras.utils.clear_session(free_memory=False)
    mine = _graph(_config(NETWORKS[name](ours), tmp_path / "mine.keras"))
    reference = _graph(_config(NETWORKS[name](keras), tmp_path / "reference.keras"))
    assert mine == reference


def trained(library, optimizer):
    model = library.Sequential(
        [
            library.Input((4,)),
            library.layers.Dense(3, activation="relu", kernel_initializer="ones"),
            library.layers.BatchNormalization(),
            library.layers.Dense(1, kernel_initializer="ones"),
        ]
    )
    model.compile(optimizer(library), loss=library.losses.MeanSquaredError(), metrics=["mae"])
    model.fit(*batch(), epochs=2, batch_size=8, verbose=0, shuffle=False)
    return model


def batch():
    generator = np.random.default_rng(3)
    x = generator.normal(size=(16, 4)).astype("float32")
    return x, (x.sum(axis=1, keepdims=True) ** 2).astype("float32")


OPTIMIZERS = {
    "sgd": lambda k: k.optimizers.SGD(0.01, momentum=0.9),
    "adam": lambda k: k.optimizers.Adam(k.optimizers.schedules.ExponentialDecay(0.01, 3, 0.5)),
}


@DIRECTIONS
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_goes_on_where_it_stopped(tmp_path, writer, reader, optimizer):
    model = trained(writer, OPTIMIZERS[optimizer])
    model.save(tmp_path / "model.keras")
    copy = reader.models.load_model(tmp_path / "model.keras")
    assert copy.compiled
    for got, expected in zip(copy.optimizer.variables, model.optimizer.variables, strict=True):
        np.testing.assert_allclose(np.asarray(got), np.asarray(expected), rtol=1e-6)
    histories = [
        m.fit(*batch(), epochs=2, batch_size=8, verbose=0, shuffle=False).history
        for m in (copy, model)
    ]
    assert histories[0].keys() == histories[1].keys()
    for key in histories[0]:
        np.testing.assert_allclose(histories[0][key], histories[1][key], rtol=1e-4)
    assert not reader.models.load_model(tmp_path / "model.keras", compile=False).compiled


def subclassed(library):
    @library.saving.register_keras_serializable("tests")
    class Encoder(library.Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.out = library.layers.Dense(2, name="out")
            self.blocks = [library.layers.Dense(3), [library.layers.Dense(3)]]
            self.first = library.layers.LayerNormalization()
            self._hidden = {"x": library.layers.Dense(3)}

        def call(self, x):
            x = self._hidden["x"](self.blocks[1][0](self.blocks[0](self.first(x))))
            return self.out(x)

    return Encoder


@DIRECTIONS
def test_subclassed_models(tmp_path, writer, reader):
    model, copy = subclassed(writer)(name="m"), subclassed(reader)(name="m")
    x = np.random.default_rng(0).normal(size=(2, 4)).astype("float32")
    model(x), copy(x)
    randomise(model)
    model.save_weights(tmp_path / "m.weights.h5")
    copy.load_weights(tmp_path / "m.weights.h5")
    assert_same(copy(x), model(x))
    model.save(tmp_path / "m.keras")
    assert_same(reader.models.load_model(tmp_path / "m.keras")(x), model(x))


@DIRECTIONS
def test_half_precision(tmp_path, writer, reader):
    model = writer.Sequential([writer.Input((3,)), writer.layers.Dense(2, dtype="bfloat16")])
    model.add(writer.layers.Dense(2, dtype="mixed_bfloat16"))
    model.save(tmp_path / "m.keras")
    copy = reader.models.load_model(tmp_path / "m.keras")
    assert [layer.dtype_policy.name for layer in copy.layers] == ["bfloat16", "mixed_bfloat16"]
    for got, expected in zip(copy.weights, model.weights, strict=True):
        assert got.dtype == expected.dtype
        np.testing.assert_array_equal(
            np.asarray(got).astype("float32"), np.asarray(expected).astype("float32")
        )
