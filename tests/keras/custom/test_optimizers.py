"""Optimizers, schedules, initializers, regularizers and constraints of one's own."""

import numpy as np
import pytest

from tests.keras.custom.in_both import LIBRARIES, numbers, same_in_both, with_known_weights

X = numbers(4, 3)
Y = numbers(4, 2)


def signs(keras):
    class SignMomentum(keras.optimizers.Optimizer):
        def __init__(self, learning_rate=0.1, momentum=0.5, name="sign_momentum", **kwargs):
            super().__init__(learning_rate=learning_rate, name=name, **kwargs)
            self.momentum = momentum

        def build(self, variables):
            if self.built:
                return
            super().build(variables)
            self.velocities = [
                self.add_variable_from_reference(variable, name="velocity")
                for variable in variables
            ]
            self.largest = self.add_variable(shape=(), dtype="float32", name="largest")

        def update_step(self, gradient, variable, learning_rate):
            velocity = self.velocities[self._get_variable_index(variable)]
            rate = keras.ops.cast(learning_rate, variable.dtype)
            gradient = keras.ops.cast(gradient, variable.dtype)
            self.assign(velocity, self.momentum * velocity + (1 - self.momentum) * gradient)
            biggest = keras.ops.max(keras.ops.abs(gradient))
            self.largest.assign(keras.ops.maximum(self.largest, biggest))
            self.assign_sub(variable, rate * keras.ops.sign(velocity))

        def get_config(self):
            return {**super().get_config(), "momentum": self.momentum}

    return SignMomentum


def fitted(keras, optimizer, layer=None, epochs=3):
    layer = layer or keras.layers.Dense(2, name="d")
    model = with_known_weights(keras.Sequential([keras.Input((3,)), layer], name="m"))
    model.compile(optimizer, "mse")
    history = model.fit(X, Y, batch_size=4, epochs=epochs, verbose=0).history
    return {"history": history, "weights": model.get_weights()}


@same_in_both
def test_an_optimizer(keras):
    optimizer = signs(keras)(0.05, momentum=0.3)
    result = fitted(keras, optimizer)
    copy = signs(keras).from_config(optimizer.get_config())
    return {
        **result,
        "state": [np.array(v) for v in optimizer.variables],
        "paths": [v.path for v in optimizer.variables],
        "iterations": int(optimizer.iterations.numpy()),
        "copy": [copy.momentum, float(copy.learning_rate.numpy()), copy.name],
    }


@same_in_both
def test_its_common_arguments(keras):
    optimizer = signs(keras)(
        0.05, weight_decay=0.1, clipnorm=0.5, use_ema=True, ema_momentum=0.5, name="all"
    )
    return fitted(keras, optimizer)


@same_in_both
def test_it_applies_gradients_outside_of_fit(keras):
    optimizer = signs(keras)(0.5)
    variables = [keras.Variable(np.array([1.0, 2.0], "float32"), name=n) for n in "ab"]
    gradients = [np.array([0.1, -0.2], "float32"), np.array([-3.0, 0.0], "float32")]
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    optimizer.apply(gradients, variables)
    state = optimizer.stateless_apply(
        [v.value for v in optimizer.variables], gradients, [v.value for v in variables]
    )
    return {
        "variables": [np.array(v) for v in variables],
        "stateless": [np.array(v) for v in state[0]],
        "iterations": int(optimizer.iterations.numpy()),
    }


@same_in_both
def test_a_subclass_of_a_given_optimizer(keras):
    class Halving(keras.optimizers.SGD):
        def update_step(self, gradient, variable, learning_rate):
            super().update_step(gradient * 0.5, variable, learning_rate)

    return fitted(keras, Halving(0.1, momentum=0.9))


@same_in_both
def test_a_schedule(keras):
    class Sawtooth(keras.optimizers.schedules.LearningRateSchedule):
        def __init__(self, high, period):
            self.high, self.period = high, period

        def __call__(self, step):
            place = keras.ops.mod(keras.ops.cast(step, "float32"), self.period)
            return keras.ops.where(place < 1, self.high, self.high * place / self.period)

        def get_config(self):
            return {"high": self.high, "period": self.period}

    schedule = Sawtooth(0.2, 3)
    values = [schedule(step) for step in range(4)]
    copy = Sawtooth.from_config(schedule.get_config())
    optimizer = keras.optimizers.SGD(copy)
    result = fitted(keras, optimizer, epochs=4)
    return {**result, "values": values, "rate": optimizer.learning_rate}


@same_in_both
def test_rates_given_by_functions(keras):
    return fitted(keras, keras.optimizers.SGD(lambda: 0.2))


@same_in_both
def test_an_initializer_a_regularizer_and_a_constraint(keras):
    class Stripes(keras.initializers.Initializer):
        def __init__(self, width=2):
            self.width = width

        def __call__(self, shape, dtype=None):
            values = keras.ops.arange(int(np.prod(shape)), dtype="float32")
            return keras.ops.cast(keras.ops.reshape(values % self.width, shape), dtype)

        def get_config(self):
            return {"width": self.width}

    class Distance(keras.regularizers.Regularizer):
        def __init__(self, target):
            self.target = target

        def __call__(self, x):
            return 0.1 * keras.ops.sum(keras.ops.square(x - self.target))

        def get_config(self):
            return {"target": self.target}

    class Grid(keras.constraints.Constraint):
        def __init__(self, step):
            self.step = step

        def __call__(self, w):
            return keras.ops.round(w / self.step) * self.step

        def get_config(self):
            return {"step": self.step}

    layer = keras.layers.Dense(
        2,
        kernel_initializer=Stripes(3),
        kernel_regularizer=Distance(0.5),
        kernel_constraint=Grid(0.25),
        bias_initializer=lambda shape, dtype=None: np.full(shape, 0.5),
        activity_regularizer=lambda y: 0.01 * keras.ops.sum(keras.ops.abs(y)),
    )
    layer.build((None, 3))
    first = layer.get_weights()
    model = keras.Sequential([keras.Input((3,)), layer])
    model.compile(keras.optimizers.SGD(0.3), "mse")
    history = model.fit(X, Y, batch_size=4, epochs=3, verbose=0).history
    objects = {"Stripes": Stripes, "Distance": Distance, "Grid": Grid}
    with keras.saving.custom_object_scope(objects):
        config = keras.initializers.serialize(Stripes(4))
        copies = [
            keras.initializers.deserialize(config).width,
            keras.regularizers.get(keras.regularizers.serialize(Distance(0.1))).target,
            keras.constraints.get("Grid" if False else Grid(0.5)).step,
        ]
    return {
        "first": first,
        "weights": layer.get_weights(),
        "history": history,
        "copies": copies,
        "config": config["config"],
    }


@LIBRARIES
def test_wrong_initializers(library):
    class Wrong(library.layers.Layer):
        def build(self, shape):
            self.w = self.add_weight((2,), initializer=3.5)

        def call(self, x):
            return x

    with pytest.raises(ValueError, match=r"3\.5"):
        Wrong().build((None, 2))


@LIBRARIES
def test_an_optimizer_without_an_update_step(library):
    class Idle(library.optimizers.Optimizer):
        pass

    variable = library.Variable(np.ones(2, "float32"))
    with pytest.raises(NotImplementedError):
        Idle(0.1).apply([np.ones(2, "float32")], [variable])


@LIBRARIES
def test_an_optimizer_knows_its_variables(library):
    optimizer = signs(library)(0.1)
    known, unknown = (
        library.Variable(np.ones(2, "float32")),
        library.Variable(np.ones(2, "float32")),
    )
    optimizer.build([known])
    with pytest.raises(ValueError, match=r"[Uu]nknown variable|not among those"):
        optimizer.apply([np.ones(2, "float32")], [unknown])
