"""Layers of one's own."""

import numpy as np
import pytest

from tests.keras.custom.in_both import LIBRARIES, numbers, same_in_both, with_known_weights

X = numbers(4, 3)
Y = numbers(4, 2)


def linear(keras):
    class Linear(keras.layers.Layer):
        def __init__(self, units=2, activation=None, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.activation = keras.activations.get(activation)

        def build(self, input_shape):
            self.w = self.add_weight((input_shape[-1], self.units), "ones", name="w")
            self.b = self.add_weight((self.units,), initializer="zeros", name="b")

        def call(self, inputs):
            return self.activation(keras.ops.matmul(inputs, self.w) + self.b)

        def compute_output_shape(self, input_shape):
            return (*input_shape[:-1], self.units)

        def get_config(self):
            activation = keras.activations.serialize(self.activation)
            return {**super().get_config(), "units": self.units, "activation": activation}

    return Linear


@same_in_both
def test_build_call_and_config(keras):
    Linear = linear(keras)
    layer = Linear(2, "tanh", name="linear")
    symbolic = layer(keras.Input((3,)))
    with_known_weights(layer)
    copy = Linear.from_config(layer.get_config())
    copy.build((None, 3))
    copy.set_weights(layer.get_weights())
    return {
        "shape": symbolic.shape,
        "dtype": symbolic.dtype,
        "value": layer(X),
        "copy": copy(X),
        "config": {k: v for k, v in layer.get_config().items() if k != "dtype"},
        "paths": [v.path for v in layer.weights],
        "output": layer.compute_output_shape((7, 3)),
    }


@same_in_both
def test_nested_sublayers(keras):
    class Block(keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.first = linear(keras)(4, "relu", name="first")
            self.rest = [linear(keras)(4, name=f"rest{i}") for i in range(2)]
            self.named = {"norm": keras.layers.LayerNormalization(name="norm")}

        def build(self, input_shape):
            self.first.build(input_shape)
            for layer in (*self.rest, self.named["norm"]):
                layer.build((*input_shape[:-1], 4))
            self.scale = self.add_weight((), initializer="ones", name="scale")

        def call(self, x):
            x = self.first(x)
            for layer in self.rest:
                x = x + layer(x)
            return self.named["norm"](x) * self.scale

    block = Block(name="block")
    outer = keras.Sequential([keras.Input((3,)), block], name="outer")
    with_known_weights(outer)
    return {
        "paths": [v.path for v in outer.variables],
        "flat": [layer.name for layer in block._flatten_layers()],
        "parameters": outer.count_params(),
        "value": outer(X),
    }


@same_in_both
def test_state_made_in_the_constructor(keras):
    class Eager(keras.layers.Layer):
        def __init__(self, size, units):
            super().__init__(name="eager")
            self.w = self.add_weight(shape=(size, units), initializer="zeros")
            self.b = keras.Variable(np.ones(units, "float32"), name="offset")
            self.fixed = self.add_weight(
                shape=(units,), initializer="ones", trainable=False, name="fixed"
            )

        def call(self, x):
            return keras.ops.matmul(x, self.w) + self.b * self.fixed

    layer = Eager(3, 2)
    first = layer(X)
    layer.w.assign(numbers(3, 2))
    layer.b.assign_add([0.5, -0.5])
    return {
        "built": layer.built,
        "first": first,
        "second": layer(X),
        "paths": [v.path for v in layer.weights],
        "kinds": [len(layer.trainable_weights), len(layer.non_trainable_weights)],
    }


@same_in_both
def test_kinds_of_weights(keras):
    class Kinds(keras.layers.Layer):
        def build(self, input_shape):
            self.nameless = self.add_weight(shape=(2,))
            self.scalar = self.add_weight(initializer="ones", name="scalar")
            self.whole = self.add_weight((2,), "zeros", "int32", trainable=False, name="whole")
            self.flag = self.add_weight((1,), "zeros", "bool", trainable=False, name="flag")
            self.wide = self.add_weight(
                shape=(2,), initializer="ones", dtype="float64", autocast=False, name="wide"
            )
            self.array = self.add_weight(
                shape=(2, 2),
                initializer=lambda shape, dtype=None: keras.ops.full(shape, 3.0, dtype=dtype),
                regularizer=lambda w: 0.1 * keras.ops.sum(w),
                constraint=keras.constraints.NonNeg(),
                name="array",
            )

        def call(self, x):
            return x

    layer = Kinds(name="kinds")
    layer.build((None, 2))
    return {
        "dtypes": [w.dtype for w in layer.weights if w is not layer.wide],
        "shapes": [w.shape for w in layer.weights],
        "trainable": [w.trainable for w in layer.weights],
        "paths": [w.path for w in layer.weights if w is not layer.nameless],
        "array": layer.array,
        "loss": layer.losses[0],
        "constraint": type(layer.array.constraint).__name__,
    }


@same_in_both
def test_counters_updated_in_call(keras):
    class Running(keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.calls = self.add_weight(
                initializer="zeros", dtype="int32", trainable=False, name="calls"
            )
            self.total = self.add_weight((3,), "zeros", trainable=False, name="total")

        def call(self, x, training=False):
            if training:
                self.calls.assign_add(1)
            self.total.assign(0.5 * self.total + keras.ops.sum(x, axis=0))
            return x * keras.ops.cast(self.calls, x.dtype)

    layer = Running()
    values = [layer(X), layer(X, training=True), layer(X)]
    model = keras.Sequential([keras.Input((3,)), layer, linear(keras)(2)])
    model.compile("sgd", "mse")
    model.fit(X, Y, batch_size=2, epochs=2, verbose=0, shuffle=False)
    after = [layer.calls, np.array(layer.total)]
    model.predict(X, batch_size=4, verbose=0)
    return {"values": values, "after": after, "predict": [layer.calls, np.array(layer.total)]}


@same_in_both
def test_losses_added_in_call(keras):
    class Sparse(keras.layers.Layer):
        def call(self, x):
            self.add_loss(0.1 * keras.ops.sum(keras.ops.abs(x)))
            self.add_loss([keras.ops.mean(x), keras.ops.mean(keras.ops.square(x))])
            return x

    model = keras.Sequential([keras.Input((3,)), linear(keras)(2), Sparse()])
    with_known_weights(model)
    model(X)
    losses = [float(loss) for loss in model.losses]
    model.compile("sgd", "mse")
    history = model.fit(X, Y, batch_size=4, epochs=2, verbose=0).history
    return {"losses": losses, "history": history, "weights": model.get_weights()}


@same_in_both
def test_reuse_shares_weights_and_adds_gradients(keras):
    shared = linear(keras)(3, "tanh", name="shared")
    a, b = keras.Input((3,), name="a"), keras.Input((3,), name="b")
    out = keras.layers.Subtract()([shared(shared(a)), shared(b)])
    model = keras.Model([a, b], out)
    with_known_weights(model)
    model.compile(keras.optimizers.SGD(0.1), "mse")
    loss = model.train_on_batch([X, X[::-1]], numbers(4, 3))
    return {"weights": model.get_weights(), "loss": loss, "count": len(model.layers)}


@same_in_both
def test_frozen_sublayers_stay(keras):
    class Two(keras.layers.Layer):
        def __init__(self):
            super().__init__(name="two")
            self.a, self.b = linear(keras)(3, name="a"), linear(keras)(2, name="b")
            self.a.trainable = False

        def call(self, x):
            return self.b(self.a(x))

    model = keras.Sequential([keras.Input((3,)), Two()])
    with_known_weights(model)
    model.compile(keras.optimizers.SGD(0.1), "mse")
    model.train_on_batch(X, Y)
    return {
        "trainable": [v.path.split("/", 1)[-1] for v in model.trainable_variables],
        "weights": model.get_weights(),
    }


@same_in_both
def test_constants_of_numpy_mix_with_tensors(keras):
    table = np.arange(12.0).reshape(4, 3)

    class Mixed(keras.layers.Layer):
        mean = np.float32(0.5)
        steps = np.arange(3)

        def call(self, x):
            x = (x - self.mean) / np.float64(2.0) + self.steps
            x = np.ones(3, "float32") * x + table[1] - np.array([1, 2, 3])
            x = keras.ops.concatenate([x, np.zeros((4, 1), "float32")], axis=-1)
            return keras.ops.where(x > np.float32(0), x, -1.0) @ np.eye(4, 2, dtype="float32")

    model = keras.Sequential([keras.Input(batch_shape=(4, 3)), Mixed()])
    return {"traced": model.predict(X, verbose=0), "shape": model.output_shape}


@same_in_both
def test_lambda_layers(keras):
    def scale(x, factor=2.0):
        return x * factor

    x = keras.Input((3,))
    y = keras.layers.Lambda(lambda t: t**2 - 1)(x)
    y = keras.layers.Lambda(scale, arguments={"factor": 3.0})(y)
    y = keras.layers.Lambda(lambda t: keras.ops.sum(t, axis=-1, keepdims=True))(y)
    y = keras.layers.Lambda(lambda t: [t, -t])(y)
    z = keras.layers.Lambda(lambda pair: pair[0] * 2 - pair[1], output_shape=(1,))(y)
    model = keras.Model(x, z)
    return {"shape": model.output_shape, "value": model.predict(X, verbose=0)}


@same_in_both
def test_mask_and_training_reach_sublayers(keras):
    seen = []

    class Leaf(keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.supports_masking = True

        def call(self, x, training=None, mask=None):
            seen.append([training, None if mask is None else tuple(mask.shape)])
            if mask is not None:
                x = x * keras.ops.expand_dims(keras.ops.cast(mask, x.dtype), -1)
            return x

    class Branch(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.supports_masking = True
            self.leaf = Leaf()

        def build(self, input_shape):
            self.built = True

        def call(self, x, training=False):
            return self.leaf(x) + self.leaf(x, training=not training)

    branch = Branch()
    branch.leaf.build((2, 3))
    embedded = keras.layers.Embedding(4, 2, mask_zero=True, embeddings_initializer="ones")
    ids = np.array([[1, 2, 0], [3, 0, 0]])
    values = [branch(embedded(ids)), branch(embedded(ids), training=True)]
    return {"seen": seen, "values": values}


@same_in_both
def test_masks_of_several_arguments(keras):
    class Masked(keras.layers.Layer):
        def call(self, query, value, query_mask=None, value_mask=None):
            count = keras.ops.sum(keras.ops.cast(query_mask, "float32"))
            return query + count, keras.ops.sum(keras.ops.cast(value_mask, "float32"))

    masking = keras.layers.Masking()
    return Masked()(masking(np.eye(3, dtype="float32")[None]), masking(np.zeros((1, 3, 2))))


@same_in_both
def test_a_layer_that_makes_a_mask(keras):
    class NonZero(keras.layers.Layer):
        def call(self, x):
            return x * 1.0

        def compute_mask(self, x, mask=None):
            return keras.ops.any(keras.ops.not_equal(x, 0.0), axis=-1)

    data = np.array([[[1.0, 2], [0, 0], [3, 4]]], "float32")
    x = keras.Input((3, 2))
    pooled = keras.layers.GlobalAveragePooling1D()(NonZero()(x))
    return keras.Model(x, pooled).predict(data, verbose=0)


@same_in_both
def test_seed_generators_are_state(keras):
    class Noise(keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.seed_generator = keras.random.SeedGenerator(7)

        def call(self, x, training=None):
            if not training:
                return x
            return x + keras.random.normal(keras.ops.shape(x), seed=self.seed_generator)

    layer = Noise()
    first, second = np.array(layer(X, training=True)), np.array(layer(X, training=True))
    again = np.array(Noise()(X, training=True))
    model = keras.Sequential([keras.Input((3,)), layer])
    return {
        "varies": bool(np.any(first != second)),
        "repeats": bool(np.all(first == again)),
        "state": [tuple(layer.seed_generator.state.shape), layer.seed_generator.state.trainable],
        "variables": [len(layer.variables), len(layer.weights), len(model.weights)],
        "still": model.predict(X, verbose=0),
    }


@LIBRARIES
def test_errors_of_layers(library):
    layer = linear(library)(2)
    layer.build((None, 3))
    with pytest.raises(ValueError, match="cannot add new"):
        layer.later = library.Variable(1.0)

    class Unshaped(library.layers.Layer):
        def build(self, input_shape):
            self.w = self.add_weight(shape=(None, 2))

        def call(self, x):
            return x

    with pytest.raises(ValueError, match=r"fully-defined|shape"):
        Unshaped()(X)
