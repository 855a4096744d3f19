"""Python's control flow over what is known, and that of `ops` over what is not."""

import pytest

from tests.keras.custom.in_both import numbers, same_in_both

X = numbers(4, 3)
Y = numbers(4, 3)


def layer_that(keras, function):
    class Own(keras.layers.Layer):
        def build(self, input_shape):
            self.w = self.add_weight((input_shape[-1], input_shape[-1]), "ones", name="w")

        def call(self, x, training=False):
            return function(keras.ops, keras.ops.matmul(x, self.w), training)

    return Own()


def static(ops, x, training):
    """Everything here is decided while the step is recorded."""
    parts = []
    for column in range(x.shape[-1]):
        part = x[:, column]
        if column % 2:
            part = -part
        parts.append(part * (column + 1))
    x = ops.stack(parts, axis=-1)
    while len(x.shape) < 4:
        x = x[..., None]
    if x.dtype == "float32" and training:
        x = x * 0.5
    names = {"a": x, "b": [x + i for i in (1, 2)]}
    total = sum(names["b"], names["a"])
    try:
        total = total / len(parts)
    finally:
        total = total + 1
    return ops.reshape(total, (-1, 3))


def cond(ops, x, training):
    high = ops.cond(ops.mean(x) > 0, lambda: x * 2, lambda: x - 1)
    low = ops.cond(ops.sum(x) > 100, lambda: (x, x), lambda: (high, x + 1))
    return ops.cond(True, lambda: low[0] + low[1], lambda: x)


def switch(ops, x, training):
    index = ops.cast(ops.sum(ops.cast(x > 0, "int32")) % 3, "int32")
    return ops.switch(index, [lambda v: v * 2, lambda v: v - 1, lambda v: -v], x)


def fori(ops, x, training):
    return ops.fori_loop(0, 4, lambda i, total: total * 0.5 + ops.cast(i, x.dtype), x)


def scan(ops, x, training):
    def step(carry, row):
        carry = 0.5 * carry + row
        return carry, carry * 2

    last, rows = ops.scan(step, ops.zeros((3,)), x)
    return rows + last


def associative(ops, x, training):
    return ops.associative_scan(lambda a, b: a + b, x, axis=0)


def maps(ops, x, training):
    doubled = ops.map(lambda row: ops.cumsum(row) * 2, x)
    return doubled + ops.vectorized_map(lambda row: row / (1 + ops.sum(ops.abs(row))), x)


def loop_until(ops, x, training):
    def halve(count, total):
        return count + 1, total * 0.5

    count, total = ops.while_loop(
        lambda count, total: ops.max(ops.abs(total)) > 0.1, halve, (0, x), maximum_iterations=20
    )
    return total + ops.cast(count, x.dtype)


def selections(ops, x, training):
    x = ops.where(x > 0, x, ops.exp(x) - 1)
    x = ops.select([x < -0.5, x > 0.5], [x * 0, x * 2], default=x)
    return ops.slice_update(x, (0, 0), x[:1, :2] * 3)


DIFFERENTIABLE = [static, cond, switch, fori, scan, associative, maps, selections]


@pytest.mark.parity
@pytest.mark.parametrize("code", [*DIFFERENTIABLE, loop_until], ids=lambda code: code.__name__)
def test_values(code):
    def run(keras):
        layer = layer_that(keras, code)
        eager = layer(X)
        model = keras.Sequential([keras.Input(batch_shape=(4, 3)), layer])
        return {"eager": eager, "shape": model.output_shape, "model": model.predict(X, verbose=0)}

    same_in_both(run)()


@pytest.mark.parity
@pytest.mark.parametrize("code", DIFFERENTIABLE, ids=lambda code: code.__name__)
def test_training(code):
    def run(keras):
        model = keras.Sequential([keras.Input(batch_shape=(4, 3)), layer_that(keras, code)])
        model.compile(keras.optimizers.SGD(0.1), "mse")
        history = model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0).history
        return {"history": history, "weights": model.get_weights()}

    same_in_both(run)()


@same_in_both
def test_arguments_decide(keras):
    class Modes(keras.layers.Layer):
        def __init__(self, mode, depth):
            super().__init__()
            self.mode, self.depth = mode, depth

        def call(self, x, scale: float = 1.0):
            match self.mode:
                case "up":
                    x = x + 1
                case "down":
                    x = x - 1
            for _ in range(self.depth):
                x = x * scale if scale != 1.0 else x
            return x

    x = keras.Input((3,))
    y = Modes("up", 2)(x, scale=2.0)
    model = keras.Model(x, [y, Modes("down", 1)(y)])
    return model.predict(X, verbose=0)


@same_in_both
def test_a_gradient_stopped(keras):
    layer = layer_that(keras, lambda ops, x, training: x * ops.stop_gradient(x))
    model = keras.Sequential([keras.Input((3,)), layer])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return {"loss": model.train_on_batch(X, Y), "weights": model.get_weights()}
