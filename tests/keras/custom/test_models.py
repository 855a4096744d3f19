"""Models of one's own: losses, metrics, steps, several phases of training."""

import numpy as np
import pytest

import bigdl_keras as ours
from bigdl_keras.trainers.gradients import gradients
from tests.keras.custom.in_both import LIBRARIES, numbers, same_in_both, with_known_weights

X = numbers(4, 3)
Y = numbers(4, 2)


def two_layers(keras):
    class TwoLayers(keras.Model):
        def __init__(self, units=4, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.hidden = keras.layers.Dense(units, activation="tanh", name="hidden")
            self.drop = keras.layers.Dropout(0.5)
            self.out = keras.layers.Dense(2, name="out")

        def call(self, x, training=False):
            return self.out(self.drop(self.hidden(x), training=training and self.units > 100))

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    return TwoLayers


def trained(model, x=X, y=Y, **arguments):
    options = {"batch_size": 4, "epochs": 2, "shuffle": False, "verbose": 0}
    history = model.fit(x, y, **{**options, **arguments}).history
    return {"history": history, "weights": model.get_weights()}


@same_in_both
def test_a_subclassed_model(keras):
    model = two_layers(keras)(5, name="two")
    model(X)
    with_known_weights(model)
    model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
    result = trained(model, validation_data=(X, Y))
    text = []
    model.summary(print_fn=lambda line, **kwargs: text.append(line))
    return {
        **result,
        "evaluate": model.evaluate(X, Y, verbose=0),
        "layers": [layer.name for layer in model.layers],
        "paths": [v.path for v in model.variables],
        "built": model.built,
        "summary": "hidden (Dense)" in "".join(text),
    }


@same_in_both
def test_own_compute_loss(keras):
    class Penalised(keras.Model):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.size = keras.metrics.Mean(name="size")

        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            loss = super().compute_loss(x, y, y_pred, sample_weight)
            size = keras.ops.mean(keras.ops.abs(y_pred))
            self.size.update_state(size)
            return loss + 0.1 * size

    x = keras.Input((3,))
    model = Penalised(x, keras.layers.Dense(2)(x))
    with_known_weights(model)
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return {**trained(model), "evaluate": model.evaluate(X, Y, verbose=0, return_dict=True)}


@same_in_both
def test_own_compute_metrics(keras):
    class Rounded(keras.Model):
        def compute_metrics(self, x, y, y_pred, sample_weight=None):
            results = super().compute_metrics(x, y, keras.ops.round(y_pred), sample_weight)
            results["spread"] = keras.ops.max(y_pred) - keras.ops.min(y_pred)
            return results

    x = keras.Input((3,))
    model = with_known_weights(Rounded(x, keras.layers.Dense(2)(x)))
    model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
    return {**trained(model), "metrics": model.metrics_names}


@same_in_both
def test_a_model_without_labels(keras):
    class Compressor(keras.Model):
        def __init__(self):
            super().__init__()
            self.down = keras.layers.Dense(2, kernel_initializer="ones")
            self.up = keras.layers.Dense(3, kernel_initializer="ones")

        def call(self, x):
            y = self.up(self.down(x))
            self.add_loss(keras.ops.mean(keras.ops.square(x - y)))
            return y

    model = Compressor()
    model.compile(keras.optimizers.SGD(0.01))
    return {**trained(model, y=None), "evaluate": model.evaluate(X, verbose=0)}


@same_in_both
def test_dicts_in_dicts_out(keras):
    class Dicts(keras.Model):
        def __init__(self):
            super().__init__()
            self.a = keras.layers.Dense(2, kernel_initializer="ones", name="a")
            self.b = keras.layers.Dense(2, kernel_initializer="ones", name="b")

        def call(self, inputs):
            return {"a": self.a(inputs["x"]), "b": self.b(inputs["x"] * inputs["z"])}

    model = Dicts()
    model.compile(
        keras.optimizers.SGD(0.1), {"a": "mse", "b": "mae"}, metrics={"a": ["mae"], "b": ["mse"]}
    )
    x = {"x": X, "z": X + 1}
    result = trained(model, x, {"a": Y, "b": Y})
    return {**result, "predict": dict(sorted(model.predict(x, verbose=0).items()))}


@same_in_both
def test_own_test_and_predict_steps_reach_results(keras):
    model = two_layers(keras)(3)
    model(X)
    with_known_weights(model)

    class Ensemble(keras.Model):
        def __init__(self, models):
            super().__init__()
            self.models = models

        def call(self, x):
            return keras.ops.mean(keras.ops.stack([m(x) for m in self.models]), axis=0)

    ensemble = Ensemble([model, model])
    return ensemble.predict(X, batch_size=4, verbose=0)


@same_in_both
def test_fine_tuning(keras):
    base = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(3, "tanh"), keras.layers.BatchNormalization()],
        name="base",
    )
    x = keras.Input((3,))
    model = keras.Model(x, keras.layers.Dense(2, name="head")(base(x, training=False)))
    with_known_weights(model)
    base.trainable = False
    model.compile(keras.optimizers.SGD(0.1), "mse")
    frozen = trained(model)
    base.trainable = True
    base.layers[0].trainable = False
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return {"frozen": frozen, "tuned": trained(model), "count": len(model.trainable_variables)}


@same_in_both
def test_a_mixin_and_properties(keras):
    class Named:
        def describe(self):
            return f"{type(self).__name__} of {len(self.layers)}"

    class Own(Named, keras.Model):
        def __init__(self):
            super().__init__()
            self.steps = {"first": keras.layers.Dense(2, kernel_initializer="ones")}
            self.note = None
            self._cache = []

        @property
        def first(self):
            return self.steps["first"]

        def call(self, x):
            self.note = "called"
            return self.first(x)

    model = Own()
    value = model(X)
    return {"value": value, "text": model.describe(), "note": model.note}


def adversarial():
    """Own steps are written for one library: losses, gradients and optimizers of two parts."""

    class Duel(ours.Model):
        def __init__(self):
            super().__init__()
            self.maker, self.critic = ours.layers.Dense(3), ours.layers.Dense(1)
            self.maker_loss = ours.metrics.Mean(name="maker_loss")
            self.seeds = ours.random.SeedGenerator(1)

        def compile(self, maker_optimizer, **arguments):
            super().compile(**arguments)
            self.maker_optimizer = maker_optimizer

        def train_step(self, real):
            rows = ours.ops.shape(real)[0]
            noise = ours.random.normal((rows, 2), seed=self.seeds)
            made = self.maker(noise)
            loss = ours.ops.mean(self.critic(made)) - ours.ops.mean(self.critic(real))
            variables = self.critic.trainable_variables
            self.optimizer.apply(gradients(loss, variables), variables)
            maker_loss = -ours.ops.mean(self.critic(self.maker(noise)))
            variables = self.maker.trainable_variables
            self.maker_optimizer.apply(gradients(maker_loss, variables), variables)
            self.maker_loss.update_state(maker_loss)
            return {"critic_loss": loss, "maker_loss": self.maker_loss.result()}

    return Duel()


def test_steps_with_two_optimizers():
    runs = []
    for eagerly in (False, True):
        ours.utils.set_random_seed(3)
        model = adversarial()
        model.compile(
            ours.optimizers.Adam(0.05), optimizer=ours.optimizers.SGD(0.1), run_eagerly=eagerly
        )
        history = model.fit(X, batch_size=2, epochs=5, shuffle=False, verbose=0).history
        assert sorted(history) == ["critic_loss", "maker_loss"]
        assert int(model.maker_optimizer.iterations.numpy()) == 10
        assert int(model.optimizer.iterations.numpy()) == 10
        assert len(model.maker_optimizer.variables) == 6
        runs.append([*history.values(), *model.get_weights()])
    for traced, eager in zip(*runs, strict=True):
        np.testing.assert_allclose(traced, eager, rtol=1e-4, atol=1e-5)


@LIBRARIES
def test_a_model_that_forgets_its_super(library):
    class Careless(library.Model):
        def __init__(self):
            self.dense = library.layers.Dense(2)

        def call(self, x):
            return self.dense(x)

    with pytest.raises(RuntimeError, match="forgot to call"):
        Careless()(X)
