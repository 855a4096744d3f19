"""Own classes in configs and files."""

import numpy as np
import pytest

from tests.keras.custom.in_both import LIBRARIES, numbers, same_in_both, with_known_weights

X = numbers(4, 3)


def scale(keras, register=False):
    class Scale(keras.layers.Layer):
        def __init__(self, factor=2.0, inner=None, **kwargs):
            super().__init__(**kwargs)
            self.factor, self.inner = factor, inner
            self.table = np.arange(3.0, dtype="float32")

        def build(self, input_shape):
            self.w = self.add_weight((input_shape[-1],), "ones", name="w")

        def call(self, x):
            x = x * self.w * self.factor + self.table
            return x if self.inner is None else self.inner(x)

        def get_config(self):
            inner = self.inner and keras.saving.serialize_keras_object(self.inner)
            return {**super().get_config(), "factor": self.factor, "inner": inner}

        @classmethod
        def from_config(cls, config):
            config["inner"] = keras.saving.deserialize_keras_object(config["inner"])
            return cls(**config)

        def save_own_variables(self, store):
            super().save_own_variables(store)
            store["table"] = self.table

        def load_own_variables(self, store):
            self.table = np.array(store["table"])
            self.w.assign(store["0"])

    if register:
        keras.saving.register_keras_serializable("own", "Scaling")(Scale)
    return Scale


@same_in_both
def test_registered_classes_need_no_more(keras, tmp_path):
    Scale = scale(keras, register=True)
    inner = keras.layers.Dense(2, kernel_initializer="ones", name="inner")
    model = keras.Sequential([keras.Input((3,)), Scale(3.0, inner, name="scale")])
    with_known_weights(model)
    model.layers[0].table = np.array([5.0, 6.0, 7.0], "float32")
    file = tmp_path / f"{keras.__name__}.keras"
    model.save(file)
    loaded = keras.saving.load_model(file)
    return {
        "name": keras.saving.get_registered_name(Scale),
        "object": keras.saving.get_registered_object("own>Scaling") is Scale,
        "value": loaded.predict(X, verbose=0),
        "same": model.predict(X, verbose=0),
        "kind": type(loaded.layers[0]) is Scale,
    }


@same_in_both
def test_custom_objects(keras, tmp_path):
    Scale = scale(keras)

    def shifted(x):
        return x + 1

    def own_loss(y_true, y_pred):
        return keras.ops.mean(keras.ops.abs(y_true - y_pred), axis=-1)

    x = keras.Input((3,))
    y = keras.layers.Dense(2, activation=shifted, kernel_initializer="ones")(Scale(0.5)(x))
    model = keras.Model(x, y)
    model.compile("sgd", own_loss, metrics=[own_loss])
    file = tmp_path / f"{keras.__name__}.keras"
    model.save(file)
    objects = {"Scale": Scale, "shifted": shifted, "own_loss": own_loss}
    loaded = keras.models.load_model(file, custom_objects=objects)
    with keras.saving.CustomObjectScope(objects):
        again = keras.models.load_model(file)
        copy = keras.models.model_from_json(model.to_json())
    return {
        "value": loaded.predict(X, verbose=0),
        "again": again.evaluate(X, X[:, :2], verbose=0),
        "json": [type(layer).__name__ for layer in copy.layers],
    }


@LIBRARIES
def test_unknown_classes_are_named(library, tmp_path):
    model = library.Sequential([library.Input((3,)), scale(library)(name="s")])
    model.save(tmp_path / "m.keras")
    with pytest.raises(TypeError, match="Scale"):
        library.models.load_model(tmp_path / "m.keras")


@same_in_both
def test_weights_of_subclassed_models(keras, tmp_path):
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.stack = [keras.layers.Dense(3, name=f"d{i}") for i in range(2)]
            self.named = {"out": scale(keras)(0.5)}
            self.extra = self.add_weight((1,), "ones", name="extra")

        def call(self, x):
            for layer in self.stack:
                x = layer(x)
            return self.named["out"](x) * self.extra

    first, second = Own(), Own()
    for model in (first, second):
        model(X)
    with_known_weights(first)
    file = tmp_path / f"{keras.__name__}.weights.h5"
    first.save_weights(file)
    second.load_weights(file)
    return {"value": second(X), "same": first(X), "paths": len(first.weights)}


@same_in_both
def test_build_configs_and_assets(keras, tmp_path):
    @keras.saving.register_keras_serializable("assets")
    class Words(keras.layers.Layer):
        def __init__(self, words=(), **kwargs):
            super().__init__(**kwargs)
            self.words = list(words)

        def build(self, input_shape):
            self.w = self.add_weight((len(self.words) or 2,), "ones")

        def call(self, x):
            return x * keras.ops.sum(self.w)

        def get_build_config(self):
            return {**super().get_build_config(), "depth": 3}

        def build_from_config(self, config):
            self.depth = config.pop("depth")
            super().build_from_config(config)

        def save_assets(self, folder):
            (tmp_path / "asked").touch()
            with open(f"{folder}/words.txt", "w") as file:
                file.write("\n".join(self.words))

        def load_assets(self, folder):
            with open(f"{folder}/words.txt") as file:
                self.loaded = file.read().split()

    model = keras.Sequential([keras.Input((3,)), Words(["a", "b"], name="words")])
    file = tmp_path / f"{keras.__name__}.keras"
    model.save(file)
    layer = keras.saving.load_model(file).layers[0]
    return {"loaded": layer.loaded, "depth": layer.depth, "words": list(layer.words)}


@same_in_both
def test_clones(keras):
    Scale = scale(keras)
    x = keras.Input((3,), name="x")
    model = keras.Model(x, Scale(2.0, name="s")(keras.layers.Dense(3, name="d")(x)))

    def double(layer):
        if isinstance(layer, Scale):
            return Scale(layer.factor * 2, name="twice")
        return layer.__class__.from_config(layer.get_config())

    clone = keras.models.clone_model(model, clone_function=double)
    return [[layer.name for layer in clone.layers], clone.layers[-1].factor]


@same_in_both
def test_functions_and_lambdas(keras, tmp_path):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(lambda x: x * 2)])
    file = tmp_path / f"{keras.__name__}.keras"
    model.save(file)
    return keras.saving.load_model(file, safe_mode=False).predict(X, verbose=0)
