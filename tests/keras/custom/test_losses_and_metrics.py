"""Losses and metrics of one's own."""

import numpy as np
import pytest

from tests.keras.custom.in_both import LIBRARIES, numbers, same_in_both, with_known_weights

X = numbers(4, 3)
Y = numbers(4, 2, low=0)


def model_of(keras):
    return with_known_weights(keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]))


def fitted(keras, loss, metrics=None, **arguments):
    model = model_of(keras)
    model.compile(keras.optimizers.SGD(0.1), loss, metrics=metrics)
    options = {"batch_size": 2, "epochs": 2, "shuffle": False, "verbose": 0}
    return model, model.fit(X, Y, **{**options, **arguments}).history


@same_in_both
def test_a_function_as_loss_and_metric(keras):
    def cubic(y_true, y_pred):
        return keras.ops.mean(keras.ops.abs(y_true - y_pred) ** 3, axis=-1)

    def largest(y_true, y_pred):
        return keras.ops.max(keras.ops.abs(y_true - y_pred))

    weights = np.array([1.0, 0.0, 2.0, 1.0], "float32")
    model, history = fitted(keras, cubic, [largest, "mae"], sample_weight=weights)
    return {"history": history, "weights": model.get_weights()}


def huber_like(keras):
    class Pinball(keras.losses.Loss):
        def __init__(self, quantile=0.8, name="pinball", **kwargs):
            super().__init__(name=name, **kwargs)
            self.quantile = quantile

        def call(self, y_true, y_pred):
            error = y_true - y_pred
            return keras.ops.mean(
                keras.ops.maximum(self.quantile * error, (self.quantile - 1) * error), axis=-1
            )

        def get_config(self):
            return {**super().get_config(), "quantile": self.quantile}

    return Pinball


@same_in_both
def test_a_class_as_loss(keras):
    Pinball = huber_like(keras)
    loss = Pinball(0.7, reduction="sum")
    copy = Pinball.from_config(loss.get_config())
    _, history = fitted(keras, loss)
    return {
        "direct": [loss(Y, X[:, :2]), copy(Y, X[:, :2], sample_weight=Y[:, 0])],
        "none": Pinball(reduction=None)(Y, X[:, :2]),
        "config": loss.get_config(),
        "history": history,
    }


@same_in_both
def test_losses_with_weights_and_names(keras):
    x = keras.Input((3,))
    a = keras.layers.Dense(2, name="a", kernel_initializer="ones")(x)
    b = keras.layers.Dense(2, name="b", kernel_initializer="ones")(x)
    model = keras.Model(x, {"a": a, "b": b})
    model.compile(
        keras.optimizers.SGD(0.1),
        loss={"a": huber_like(keras)(), "b": lambda t, p: keras.ops.sum(keras.ops.square(t - p))},
        loss_weights={"a": 2.0, "b": 0.5},
    )
    logs = model.train_on_batch(X, {"a": Y, "b": Y}, return_dict=True)
    return {"logs": dict(sorted(logs.items())), "weights": model.get_weights()}


def hits(keras):
    class Hits(keras.metrics.Metric):
        """How often prediction and truth are near, and what was seen of classes."""

        def __init__(self, near=0.3, name="hits", **kwargs):
            super().__init__(name=name, **kwargs)
            self.near = near
            self.hits = self.add_variable(shape=(), initializer="zeros", name="hits")
            self.seen = self.add_weight(shape=(2,), initializer="zeros", name="seen")

        def update_state(self, y_true, y_pred, sample_weight=None):
            near = keras.ops.cast(keras.ops.abs(y_true - y_pred) < self.near, self.dtype)
            if sample_weight is not None:
                near = near * keras.ops.expand_dims(sample_weight, -1)
            self.hits.assign_add(keras.ops.sum(near))
            self.seen.assign(self.seen + keras.ops.sum(keras.ops.ones_like(near), axis=0))

        def result(self):
            return self.hits / keras.ops.maximum(keras.ops.sum(self.seen), 1.0)

        def get_config(self):
            return {**super().get_config(), "near": self.near}

    return Hits


@same_in_both
def test_a_metric_with_state(keras):
    metric = hits(keras)(0.5)
    empty = float(metric.result())
    metric.update_state(Y, X[:, :2])
    once = float(metric.result())
    called = metric(Y, Y, sample_weight=np.array([1.0, 0, 0, 1], "float32"))
    state = [np.array(v) for v in metric.variables]
    names = [v.name for v in metric.variables]
    metric.reset_state()
    model, history = fitted(keras, "mse", [hits(keras)(0.4)], validation_split=0.5)
    return {
        "values": [empty, once, called, metric.result()],
        "state": state,
        "names": names,
        "history": history,
        "evaluated": model.evaluate(X, Y, verbose=0, batch_size=2, return_dict=True),
    }


@same_in_both
def test_a_metric_of_several_results(keras):
    class Range(keras.metrics.Metric):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.low = self.add_variable((), keras.initializers.Constant(1e9), name="low")
            self.high = self.add_variable((), keras.initializers.Constant(-1e9), name="high")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.low.assign(keras.ops.minimum(self.low, keras.ops.min(y_pred)))
            self.high.assign(keras.ops.maximum(self.high, keras.ops.max(y_pred)))

        def reset_state(self):
            self.low.assign(1e9)
            self.high.assign(-1e9)

        def result(self):
            return {"low": self.low + 0.0, "high": self.high + 0.0}

    model, history = fitted(keras, "mse", [Range()])
    evaluated = model.evaluate(X, Y, batch_size=4, verbose=0, return_dict=True)
    return {"history": dict(sorted(history.items())), "evaluated": dict(sorted(evaluated.items()))}


@same_in_both
def test_subclasses_of_given_metrics_and_losses(keras):
    class Doubled(keras.metrics.Mean):
        def result(self):
            return 2 * super().result()

    class Scaled(keras.losses.MeanSquaredError):
        def call(self, y_true, y_pred):
            return 10 * super().call(y_true, y_pred)

    class SquaredLogs(keras.metrics.MeanMetricWrapper):
        def __init__(self, name="squared_logs", dtype=None):
            super().__init__(
                lambda t, p: keras.ops.square(keras.ops.log1p(t) - keras.ops.log1p(p)), name, dtype
            )

    doubled, wrapped = Doubled(), SquaredLogs()
    doubled.update_state([1.0, 2.0])
    wrapped.update_state(Y, Y * 2)
    return [doubled.result(), Scaled()(Y, Y + 1), wrapped.result(), doubled.variables[0].name]


@same_in_both
def test_stateless_metrics(keras):
    metric = hits(keras)(0.5)
    state = metric.stateless_reset_state()
    state = metric.stateless_update_state(state, Y, Y)
    return [metric.stateless_result(state), state, metric.result()]


@LIBRARIES
def test_wrong_losses(library):
    class Silent(library.losses.Loss):
        pass

    with pytest.raises(NotImplementedError):
        Silent()(Y, Y)
    with pytest.raises(ValueError, match=r"reduction"):
        huber_like(library)(reduction="most")
    with pytest.raises(ValueError, match=r"[Uu]nknown|Could not|could not"):
        fitted(library, "no_such_loss")
    with pytest.raises(ValueError, match="None"):
        fitted(library, lambda y_true, y_pred: None)
