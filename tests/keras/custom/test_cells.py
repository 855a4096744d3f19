"""Recurrent cells of one's own."""

import numpy as np
import pytest

from tests.keras.custom.in_both import numbers, same_in_both, with_known_weights

X = numbers(2, 4, 3)


def minimal(keras):
    class Minimal(keras.layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.state_size = units

        def build(self, input_shape):
            self.kernel = self.add_weight((input_shape[-1], self.units), name="kernel")
            self.recurrent = self.add_weight((self.units, self.units), name="recurrent")

        def call(self, inputs, states):
            previous = states[0]
            h = keras.ops.matmul(inputs, self.kernel)
            output = keras.ops.tanh(h + keras.ops.matmul(previous, self.recurrent))
            return output, [output]

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    return Minimal


def two_states(keras):
    class TwoStates(keras.layers.Layer):
        """A running mean and a count, with an output of another size."""

        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.state_size = [3, 1]
            self.output_size = 4

        def call(self, inputs, states, training=False):
            mean, count = states
            count = count + 1.0
            mean = mean + (inputs - mean) / count
            return keras.ops.concatenate([mean, count], axis=-1), [mean, count]

        def get_initial_state(self, batch_size=None):
            return [keras.ops.ones((batch_size, 3)), keras.ops.zeros((batch_size, 1))]

    return TwoStates


@pytest.mark.parity
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"return_sequences": True},
        {"return_state": True, "go_backwards": True},
        {"unroll": True, "return_sequences": True},
    ],
    ids=lambda a: "-".join(a) or "plain",
)
def test_a_cell(arguments):
    def run(keras):
        layer = keras.layers.RNN(minimal(keras)(2), **arguments)
        layer.build((2, 4, 3))
        with_known_weights(layer)
        return {"value": layer(X), "shape": layer.compute_output_shape((2, 4, 3))}

    same_in_both(run)()


@same_in_both
def test_several_states(keras):
    layer = keras.layers.RNN(two_states(keras)(), return_sequences=True, return_state=True)
    return layer(X)


@same_in_both
def test_cells_on_each_other(keras):
    cells = [minimal(keras)(2), keras.layers.GRUCell(3), minimal(keras)(2)]
    layer = keras.layers.RNN(cells, return_state=True)
    layer.build((2, 4, 3))
    with_known_weights(layer)
    return layer(X)


@same_in_both
def test_masks_and_both_directions(keras):
    x = np.array(X)
    x[0, 2:] = 0
    Minimal = minimal(keras)
    with keras.saving.custom_object_scope({"Minimal": Minimal}):
        both = keras.layers.Bidirectional(keras.layers.RNN(Minimal(2), return_sequences=True))
    model = keras.Sequential(
        [
            keras.Input(batch_shape=(2, 4, 3)),
            keras.layers.Masking(),
            both,
            keras.layers.RNN(Minimal(2)),
        ]
    )
    with_known_weights(model)
    return {"value": model.predict(x, verbose=0), "paths": len(model.weights)}


@same_in_both
def test_training(keras):
    model = keras.Sequential(
        [keras.Input(batch_shape=(2, 4, 3)), keras.layers.RNN(minimal(keras)(2))]
    )
    with_known_weights(model)
    model.compile(keras.optimizers.SGD(0.1), "mse")
    history = model.fit(X, numbers(2, 2), batch_size=2, epochs=3, shuffle=False, verbose=0).history
    return {"history": history, "weights": model.get_weights()}


@same_in_both
def test_files_and_configs(keras):
    layer = keras.layers.RNN(minimal(keras)(2, name="inner"), name="outer")
    config = layer.get_config()
    copy = keras.layers.RNN.from_config(config, custom_objects={"Minimal": minimal(keras)})
    return [copy.cell.units, copy.cell.name, copy.name]
