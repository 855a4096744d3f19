"""What a layer of one's own may be called with."""

import numpy as np
import pytest

from tests.keras.custom.in_both import LIBRARIES, numbers, same_in_both

X = numbers(4, 3)


@same_in_both
def test_keyword_arguments(keras):
    class Affine(keras.layers.Layer):
        def call(self, x, scale=1.0, *, shift=None, power: int = 1):
            y = x * scale if shift is None else x * scale + shift
            return y**power

    layer = Affine()
    inputs, shift = keras.Input((3,)), keras.Input((3,))
    outputs = [
        layer(inputs),
        layer(x=inputs, scale=2.0),
        layer(inputs, shift=shift, power=2),
        layer(inputs, scale=shift),
    ]
    model = keras.Model([inputs, shift], outputs)
    return {
        "eager": [layer(X), layer(x=X, scale=3.0), layer(X, shift=X, power=2)],
        "model": model.predict([X, X + 1], verbose=0),
    }


@same_in_both
def test_nested_structures_in_and_out(keras):
    class Mixer(keras.layers.Layer):
        def build(self, shapes):
            self.seen = {"a": tuple(shapes["a"]), "rest": [tuple(s) for s in shapes["rest"]]}

        def call(self, inputs):
            total = inputs["a"] + inputs["rest"][0] * inputs["rest"][1]
            return {"parts": (inputs["a"], [total * 2]), "total": total}

    layer = Mixer()
    inputs = {"a": keras.Input((3,), name="a"), "rest": [keras.Input((3,)), keras.Input((1,))]}
    outputs = layer(inputs)
    model = keras.Model(inputs, outputs)
    data = {"a": X, "rest": [X + 1, X[:, :1]]}
    return {
        "shapes": [outputs["total"].shape, outputs["parts"][1][0].shape],
        "built": layer.seen,
        "eager": layer(data),
        "model": model(data),
        "predict": model.predict(data, verbose=0),
    }


@same_in_both
def test_absent_inputs(keras):
    class Optional(keras.layers.Layer):
        def call(self, x, extra=None, pair=(None, None)):
            if extra is not None:
                x = x + extra
            return x if pair[0] is None else x * pair[0]

    layer = Optional()
    x, extra = keras.Input((3,)), keras.Input((3,))
    model = keras.Model(
        [x, extra], [layer(x, None), layer(x, extra), layer(x, None, (extra, None))]
    )
    return {
        "eager": [layer(X), layer(X, None), layer(X, X), layer(X, pair=(X, None))],
        "model": model.predict([X, 2 * X], verbose=0),
    }


@same_in_both
def test_optional_inputs_of_models(keras):
    class Either(keras.layers.Layer):
        def call(self, x, y=None):
            return x if y is None else x + y

        def compute_output_shape(self, x_shape):
            return x_shape

    x, y = keras.Input((3,), name="x"), keras.Input((3,), name="y", optional=True)
    model = keras.Model({"x": x, "y": y}, Either()(x, y))
    return [model({"x": X, "y": None}), model({"x": X, "y": X})]


@same_in_both
def test_several_signatures(keras):
    class Any(keras.layers.Layer):
        def call(self, *args, **kwargs):
            total = sum(args)
            for name in sorted(kwargs):
                if name != "training":
                    total = total * kwargs[name]
            return total

    layer = Any()
    return [layer(X), layer(X, X), layer(X, X, X), layer(X, by=2.0), layer(X, a=X, b=X)]


@same_in_both
def test_several_shapes_and_dtypes(keras):
    class Sum(keras.layers.Layer):
        def call(self, x):
            return keras.ops.sum(x, axis=tuple(range(1, len(x.shape))))

    layer = Sum()
    return [
        layer(X),
        layer(numbers(2, 3, 2)),
        layer(np.ones((2, 2))),
        layer(np.ones((2, 2), "int32")),
    ]


@same_in_both
def test_autocast_of_inputs(keras):
    class Types(keras.layers.Layer):
        def call(self, x, other=None):
            return x + 1 if other is None else (x, other)

    half = Types(dtype="float16")
    kept = Types(dtype="float16", autocast=False)
    return [
        half(X),
        half(np.ones((2,), "float64")),
        half(np.ones((2,), "int32")),
        half(X, other=X),
        kept(X),
    ]


@same_in_both
def test_positional_training(keras):
    class Switch(keras.layers.Layer):
        def call(self, x, training=False):
            return x * 2 if training else x

    layer = Switch()
    model = keras.Sequential([keras.Input((3,)), layer])
    return [layer(X), layer(X, training=True), model(X, training=True), model(X, training=False)]


@same_in_both
def test_own_output_spec(keras):
    class TopTwo(keras.layers.Layer):
        def call(self, x):
            return keras.ops.top_k(x, 2)

        def compute_output_spec(self, x):
            shape = (*x.shape[:-1], 2)
            return keras.KerasTensor(shape, x.dtype), keras.KerasTensor(shape, "int32")

    x = keras.Input((3,))
    values, places = TopTwo()(x)
    model = keras.Model(x, [values, places])
    return {"specs": [values.shape, values.dtype, places.dtype], "value": model(X)}


@same_in_both
def test_several_output_shapes(keras):
    class Split(keras.layers.Layer):
        def call(self, a, b):
            return a[:, :1], {"rest": b[:, 1:]}

        def compute_output_shape(self, a_shape, b_shape):
            return (a_shape[0], 1), {"rest": (b_shape[0], b_shape[1] - 1)}

    a, b = keras.Input((3,)), keras.Input((5,))
    first, rest = Split()(a, b)
    return [first.shape, rest["rest"].shape]


@same_in_both
def test_input_properties(keras):
    class Pass(keras.layers.Layer):
        def call(self, x):
            return x + 1

    layer = Pass(name="pass")
    x = keras.Input((3,), name="x")
    y = layer(x)
    return [layer.input is x, layer.output is y, layer.input.shape, layer.output.shape]


@LIBRARIES
def test_wrong_calls(library):
    class Two(library.layers.Layer):
        def call(self, a, b):
            return a + b

    with pytest.raises(TypeError, match="b"):
        Two()(X)
    with pytest.raises(TypeError, match="colour"):
        Two()(X, X, colour=1)
    with pytest.raises(ValueError, match="positional"):
        Two()(X, "text")
    with pytest.raises(ValueError, match="positional"):
        Two()([1.0, 2.0], X)
