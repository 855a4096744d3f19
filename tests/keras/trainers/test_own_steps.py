"""Steps and layers that users write: run by value, and what is said when they need another way."""

import functools

import numpy as np
import pytest

import bigdl_keras
from bigdl_keras import layers, ops
from bigdl_keras.trainers.gradients import gradients

RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 6)).astype("float32")
LABEL = RNG.integers(0, 3, 20)
TARGET = RNG.normal(size=(20, 2)).astype("float32")


def trained(eager, optimizer):
    bigdl_keras.utils.set_random_seed(1)
    model = bigdl_keras.Sequential(
        [
            layers.Input((6,)),
            layers.Dense(8, activation="relu", kernel_regularizer="l2"),
            layers.BatchNormalization(),
            layers.Dropout(0.2),
            layers.Reshape((2, 4)),
            layers.GRU(5),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(
        optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], run_eagerly=eager
    )
    arguments = {"batch_size": 8, "verbose": 0}
    history = model.fit(X, LABEL, epochs=2, validation_split=0.25, **arguments).history
    history["evaluated"] = model.evaluate(X, LABEL, **arguments)
    history["predicted"] = model.predict(X, **arguments)
    history["one batch"] = model.train_on_batch(X[:4], LABEL[:4])
    return history, model.get_weights()


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_eager_steps_have_the_numbers_of_traced_ones(optimizer):
    (traced, weights), (eager, eager_weights) = trained(False, optimizer), trained(True, optimizer)
    assert list(eager) == list(traced)
    for name, values in traced.items():
        np.testing.assert_allclose(eager[name], values, rtol=1e-5, atol=1e-6, err_msg=name)
    for mine, theirs in zip(eager_weights, weights, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-6)


class Gate(layers.Layer):
    """Looks at values in every way that needs them."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seen = []

    def call(self, x):
        self.seen.append(float(ops.mean(x)))
        if ops.mean(x) > np.max(x):
            return -x
        return x * np.abs(x).max()


class Gated(bigdl_keras.Model):
    def __init__(self):
        super().__init__()
        self.gate = Gate(name="gate")
        self.dense = layers.Dense(2)

    def call(self, x):
        return self.dense(self.gate(x))


def test_values_can_be_looked_at_in_eager_steps():
    model = Gated()
    model.compile("sgd", "mse", run_eagerly=True)
    before = model.fit(X, TARGET, batch_size=10, epochs=2, shuffle=False, verbose=0).history
    assert before["loss"][1] < before["loss"][0]
    means = {round(float(part.mean()), 5) for part in (X[:10], X[10:])}
    assert {round(mean, 5) for mean in model.gate.seen} == means


def test_the_layer_and_the_line_that_need_a_value_are_named():
    model = Gated()
    model.compile("sgd", "mse")
    with pytest.raises(TypeError, match=r"In layer 'gate' \(of type Gate\).*a float") as caught:
        model.fit(X, TARGET, verbose=0)
    assert f'File "{__file__}"' in str(caught.value)
    assert "self.seen.append(float(ops.mean(x)))" in str(caught.value)


def test_steps_can_be_made_eager_and_back():
    model = bigdl_keras.Sequential([layers.Input((6,)), layers.Dense(2)])
    kinds = []

    class Loss(bigdl_keras.losses.Loss):
        def call(self, y_true, y_pred):
            kinds.append(type(y_pred).__name__)
            return ops.mean(ops.square(y_true - y_pred), axis=-1)

    model.compile("sgd", Loss())
    model.fit(X, TARGET, batch_size=10, verbose=0)
    assert set(kinds) == {"Tensor"}
    kinds.clear()
    model.run_eagerly = True
    model.fit(X, TARGET, batch_size=10, verbose=0)
    assert kinds == ["ValuedTensor"] * 2
    model.run_eagerly = False
    model.fit(X, TARGET, batch_size=10, verbose=0)
    assert kinds == ["ValuedTensor"] * 2


def test_loops_and_branches_of_eager_steps_are_those_of_python():
    calls = []

    class Grow(layers.Layer):
        def call(self, x):
            grown = ops.while_loop(lambda v: ops.max(v) < 10, lambda v: v * 2, ops.abs(x))
            return ops.cond(ops.mean(x) < 0, lambda: calls.append("-") or -grown, lambda: grown)

        def compute_output_shape(self, input_shape):
            return input_shape

    model = bigdl_keras.Sequential([layers.Input((6,)), Grow()])
    model.compile("sgd", "mse", run_eagerly=True)
    grown = model.predict(np.full((1, 6), 3, "float32"), verbose=0)
    np.testing.assert_array_equal(grown, np.full((1, 6), 12.0))
    assert calls == []
    grown = model.predict(np.full((1, 6), -3, "float32"), verbose=0)
    np.testing.assert_array_equal(grown, np.full((1, 6), -12.0))
    assert calls == ["-"]


def test_steps_are_traced_anew_when_asked():
    traces = []

    def train_step(self, data):
        traces.append(1)
        return bigdl_keras.Sequential.train_step(self, data)

    model = linear(train_step)
    for force, expected in ((False, 1), (False, 1), (True, 2)):
        model.make_train_function(force=force)
        model.fit(X, TARGET, verbose=0)
        assert len(traces) == expected


def test_jit_of_eager_steps_is_told():
    model = bigdl_keras.Sequential([layers.Input((6,)), layers.Dense(2)])
    with pytest.warns(UserWarning, match="jit_compile"):
        model.compile("sgd", "mse", run_eagerly=True, jit_compile=True)
    assert model.jit_compile is False


def linear(step):
    kind = type("Linear", (bigdl_keras.Sequential,), {"train_step": step})
    model = kind([layers.Input((6,)), layers.Dense(2)])
    model.compile("sgd", "mse")
    return model


def test_own_train_step_is_the_built_in_one_written_out():
    def train_step(self, data):
        x, y = data
        y_pred = self(x, training=True)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        variables = self.trainable_variables
        self.optimizer.apply(gradients(loss, variables), variables)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {metric.name: metric.result() for metric in self.metrics}

    own = linear(train_step)
    plain = bigdl_keras.Sequential([layers.Input((6,)), layers.Dense(2)])
    plain.compile("sgd", "mse")
    plain.set_weights(own.get_weights())
    arguments = {"batch_size": 10, "shuffle": False, "verbose": 0, "epochs": 2}
    found = own.fit(X, TARGET, **arguments).history["loss"]
    np.testing.assert_allclose(found, plain.fit(X, TARGET, **arguments).history["loss"], rtol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "kinds"),
    [
        ({"x": X}, "Tensor"),
        ({"x": [X]}, "tuple 1"),
        ({"x": X, "y": TARGET}, "tuple 2"),
        ({"x": X, "y": TARGET, "sample_weight": LABEL}, "tuple 3"),
    ],
)
def test_steps_get_data_in_its_shortest_form(arguments, kinds):
    seen = []

    def train_step(self, data):
        seen.append(f"tuple {len(data)}" if isinstance(data, tuple) else type(data).__name__)
        return {"zero": ops.zeros(())}

    model = linear(train_step)
    model.optimizer.build(model.trainable_variables)
    model.compile("sgd")
    model.compute_loss = lambda *args, **kwargs: ops.zeros(())
    model.fit(**arguments, verbose=0)
    assert seen == [kinds]


class Adversaries(bigdl_keras.Model):
    """Two networks with an optimizer each, and no `call`."""

    def __init__(self):
        super().__init__()
        self.judge = bigdl_keras.Sequential([layers.Input((6,)), layers.Dense(1)])
        self.forger = bigdl_keras.Sequential([layers.Input((3,)), layers.Dense(6)])
        self.seed = bigdl_keras.random.SeedGenerator(3)

    def compile(self, optimizers, loss):
        super().compile()
        self.optimizers = optimizers
        self.found = loss
        self.means = [bigdl_keras.metrics.Mean(name=name) for name in ("judge", "forger")]

    @property
    def metrics(self):
        return self.means

    def _improve(self, number, network, labels, scores):
        loss = self.found(labels, scores)
        weights = network.trainable_weights
        self.optimizers[number].apply(gradients(loss, weights), weights)
        self.means[number].update_state(loss)

    def train_step(self, data):
        rows = ops.shape(data)[0]
        noise = bigdl_keras.random.normal((rows, 3), seed=self.seed)
        both = ops.concatenate([self.forger(noise), data])
        labels = ops.concatenate([ops.ones((rows, 1)), ops.zeros((rows, 1))])
        self._improve(0, self.judge, labels, self.judge(both))
        scores = self.judge(self.forger(noise))
        self._improve(1, self.forger, ops.zeros((rows, 1)), scores)
        return {mean.name: mean.result() for mean in self.means}


def test_models_of_models_train_by_their_own_steps():
    histories = []
    for eager in (False, True):
        bigdl_keras.utils.set_random_seed(2)
        model = Adversaries()
        adam = [bigdl_keras.optimizers.Adam(0.01) for _ in range(2)]
        model.compile(adam, bigdl_keras.losses.BinaryCrossentropy(from_logits=True))
        model.run_eagerly = eager
        histories.append(model.fit(X, batch_size=8, epochs=2, verbose=0).history)
    assert list(histories[0]) == ["forger", "judge"]
    for name, values in histories[0].items():
        np.testing.assert_allclose(histories[1][name], values, rtol=1e-5)


def test_own_steps_of_evaluation_and_prediction():
    class Twice(bigdl_keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)
            self.error = bigdl_keras.metrics.MeanAbsoluteError(name="error")

        def call(self, x):
            return self.dense(x)

        def test_step(self, data):
            x, y = data
            self.error.update_state(y, self(x))
            return {"error": self.error.result()}

        def predict_step(self, data):
            once = self(data)
            return {"once": once, "twice": once * 2}

    model = Twice()
    model.compile("sgd", "mse")
    history = model.fit(X, TARGET, validation_data=(X, TARGET), verbose=0).history
    # The model's own metric is among its metrics in training too, but nothing updates it there.
    assert sorted(history) == ["error", "loss", "val_error"]
    found = model.predict(X, batch_size=8, verbose=0)
    np.testing.assert_allclose(found["twice"], found["once"] * 2, rtol=1e-6)
    expected = float(np.abs(found["once"] - TARGET).mean())
    assert model.evaluate(X, TARGET, verbose=0) == pytest.approx(expected, rel=1e-5)


def tensorflow_step(self, data):
    raise_unknown = self.GradientTape
    return raise_unknown


@functools.wraps(tensorflow_step)
def decorated_step(self, data):
    return tensorflow_step(self, data)


def jax_step(self, state, data):
    return {}, state


def torch_step(self, data):
    x, y = data
    loss = self.compute_loss(x=x, y=y, y_pred=self(x))
    loss.backward()
    return {"loss": loss}


@pytest.mark.parametrize(
    ("step", "framework"),
    [
        (tensorflow_step, "TensorFlow"),
        (decorated_step, "TensorFlow"),
        (jax_step, "JAX"),
        (torch_step, "torch"),
    ],
)
def test_steps_for_other_frameworks_are_told_how_to_be_written(step, framework):
    with pytest.raises(TypeError, match=f"Linear.train_step.*{framework}") as caught:
        linear(step).fit(X, TARGET, verbose=0)
    assert "gradients(loss, variables)" in str(caught.value)
