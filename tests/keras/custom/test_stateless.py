"""Functions, operations and stateless calls."""

import numpy as np
import pytest

from tests.keras.custom.in_both import LIBRARIES, numbers, same_in_both, with_known_weights

X = numbers(4, 3)


def counting(keras):
    class Counting(keras.layers.Layer):
        def build(self, input_shape):
            self.w = self.add_weight((input_shape[-1],), "ones", name="w")
            self.calls = self.add_weight((), "zeros", trainable=False, name="calls")

        def call(self, x, training=False):
            self.calls.assign_add(2.0 if training else 1.0)
            self.add_loss(keras.ops.sum(self.w))
            return x * self.w + self.calls

    return Counting


@same_in_both
def test_stateless_calls_leave_the_layer_alone(keras):
    layer = counting(keras)()
    layer.build((None, 3))
    w = np.full(3, 2.0, "float32")
    outputs, state, losses = layer.stateless_call(
        [w], [np.float32(5)], X, training=True, return_losses=True
    )
    again, state = layer.stateless_call([w], state, X)
    return {
        "values": [outputs, again],
        "state": list(state),
        "losses": [float(loss) for loss in losses],
        "kept": [layer.w, layer.calls],
    }


@same_in_both
def test_stateless_calls_of_models(keras):
    x = keras.Input((3,))
    model = keras.Model(x, keras.layers.Dense(2)(counting(keras)()(x)))
    with_known_weights(model)
    trainable = [np.array(v) * 2 for v in model.trainable_variables]
    others = [np.array(v) for v in model.non_trainable_variables]
    outputs, state = model.stateless_call(trainable, others, X)
    return {"value": outputs, "state": list(state), "weights": model.get_weights()}


@same_in_both
def test_scopes(keras):
    a, b = (keras.Variable(np.ones(2, "float32"), name=n) for n in "ab")
    with keras.StatelessScope(state_mapping=[(a, keras.ops.ones(2) * 3)]) as scope:
        b.assign_add(a)
        inside = [np.array(a.value), np.array(b.value)]
        a.assign(a * 2)
    return {
        "inside": inside,
        "after": [np.array(a), np.array(b)],
        "scope": [scope.get_current_value(a), scope.get_current_value(b)],
    }


@same_in_both
def test_functions(keras):
    x, y = keras.Input((3,), name="x"), keras.Input((3,), name="y")
    hidden = keras.ops.tanh(x) * 2 + keras.layers.Dense(3, kernel_initializer="ones")(y)
    function = keras.Function({"x": x, "y": y}, [hidden, keras.ops.sum(hidden, axis=-1)])
    return {
        "value": function({"x": X, "y": X + 1}),
        "shapes": function.compute_output_shape({"x": (5, 3), "y": (5, 3)}),
        "operations": len(function.operations),
        "symbolic": [t.shape for t in function({"x": keras.Input((3,)), "y": keras.Input((3,))})],
    }


@same_in_both
def test_operations(keras):
    class Clamp(keras.Operation):
        def __init__(self, low, high, *, name=None):
            super().__init__(name=name)
            self.low, self.high = low, high

        def call(self, x, shift=0.0):
            return keras.ops.clip(x + shift, self.low, self.high), keras.ops.max(x, axis=-1)

        def compute_output_spec(self, x, shift=0.0):
            return (
                keras.KerasTensor(x.shape, x.dtype),
                keras.KerasTensor(x.shape[:-1], x.dtype),
            )

    clamp = Clamp(-0.3, 0.4, name="clamp")
    x = keras.Input((3,))
    clipped, largest = clamp(x, shift=0.1)
    model = keras.Model(x, clipped * keras.ops.expand_dims(largest, -1))
    return {
        "eager": clamp(X),
        "model": model.predict(X, verbose=0),
        "config": clamp.get_config(),
        "copy": Clamp.from_config(clamp.get_config())(X, shift=0.2),
        "places": [clamp.input is x, [t.shape for t in clamp.output]],
    }


@same_in_both
def test_operators_of_symbolic_tensors(keras):
    x = keras.Input((3,))
    y = (2.0 - x) / (1 + x**2) - x[:, ::-1] @ np.eye(3, dtype="float32")
    z = keras.ops.cast(y > 0.5, "float32") + (-abs(y)) % 0.7 + y[..., None][:, :, 0]
    model = keras.Model(x, [y, z, (y // 0.3), 1.0 - y * X[:1]])
    return model.predict(X, verbose=0)


@same_in_both
def test_variables(keras):
    v = keras.Variable([1.0, 2.0, 4.0], dtype="float32", name="v")
    before = np.array(v)
    v.assign([2.0, 4.0, 8.0])
    v.assign_sub(np.ones(3))
    return {
        "before": before,
        "operators": [v + 1, 1 - v, v * v, v / 2, v**2, -v, v[1:], v @ v, v > 2, abs(v)],
        "facts": [v.shape, v.dtype, v.name, v.path, v.trainable, v.ndim],
        "ops": [keras.ops.sum(v), keras.ops.exp(v), keras.ops.add(v, v)],
        "iterated": [float(keras.ops.sum(x)) for x in keras.ops.convert_to_numpy(v)],
    }


@LIBRARIES
def test_symbolic_tensors_have_no_values(library):
    x = library.Input((3,))
    with pytest.raises(TypeError):
        bool(x > 0)
    with pytest.raises((TypeError, ValueError)):
        np.asarray(x)
    with pytest.raises(NotImplementedError):
        iter(x)
