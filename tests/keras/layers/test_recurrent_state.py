"""States that recurrent layers keep, are given and return, against stock Keras."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

import bigdl_keras
from tests.keras.layers.check_layer import close, flat, randomise

SERIES = np.random.default_rng(0).standard_normal((2, 2, 3, 4)).astype("float32")
LINES = np.random.default_rng(0).standard_normal((2, 2, 3, 5, 2)).astype("float32")

STATEFUL: dict[str, tuple[Callable[[Any], Any], np.ndarray]] = {
    "SimpleRNN": (lambda k: k.layers.SimpleRNN(3, stateful=True), SERIES),
    "LSTM": (lambda k: k.layers.LSTM(3, stateful=True, return_state=True), SERIES),
    "GRU unrolled": (lambda k: k.layers.GRU(3, stateful=True, unroll=True), SERIES),
    "RNN of a cell": (lambda k: k.layers.RNN(k.layers.LSTMCell(3), stateful=True), SERIES),
    "Bidirectional": (
        lambda k: k.layers.Bidirectional(k.layers.GRU(3, stateful=True, return_sequences=True)),
        SERIES,
    ),
    "ConvLSTM1D": (lambda k: k.layers.ConvLSTM1D(2, 2, stateful=True), LINES),
}


def pair(make: Callable[[Any], Any], x: np.ndarray, **arguments: Any) -> tuple[Any, Any]:
    """The layer of both libraries, called once, with equal weights."""
    theirs, ours = make(keras), make(bigdl_keras)
    theirs(x, **arguments), ours(x, **arguments)
    randomise(theirs)
    ours.set_weights(theirs.get_weights())
    return theirs, ours


def same(got: Any, expected: Any) -> None:
    for g, e in zip(flat(got), flat(expected), strict=True):
        close(g, e, 2e-5)


@pytest.mark.parity
@pytest.mark.parametrize("name", STATEFUL)
def test_states_go_on_and_are_reset(name: str) -> None:
    make, (first, second) = STATEFUL[name]
    theirs, ours = pair(make, first)
    for layer in (theirs, ours):
        layer.reset_states()
    same(ours(first), theirs(first))
    got, expected = ours(second), theirs(second)
    same(got, expected)
    for layer in (theirs, ours):
        layer.reset_state() if hasattr(layer, "reset_state") else layer.reset_states()
    anew = ours(second)
    same(anew, theirs(second))
    assert np.abs(np.asarray(flat(anew)[0]) - np.asarray(flat(got)[0])).max() > 1e-3


@pytest.mark.parity
def test_initial_states_of_both_directions() -> None:
    states = [np.full((2, 3), v, "float32") for v in (0.5, -0.5, 1.0, -1.0)]
    theirs, ours = pair(
        lambda k: k.layers.Bidirectional(k.layers.LSTM(3)), SERIES[0], initial_state=states
    )
    same(ours(SERIES[0], initial_state=states), theirs(SERIES[0], initial_state=states))


@pytest.mark.parity
def test_states_of_an_encoder_start_a_decoder() -> None:
    def model(k: Any) -> Any:
        seen, asked = k.Input((3, 4)), k.Input((2, 4))
        *_, h, c = k.layers.LSTM(3, return_state=True)(seen)
        return k.Model([seen, asked], k.layers.LSTM(3)(asked, initial_state=[h, c]))

    theirs, ours = model(keras), model(bigdl_keras)
    randomise(theirs)
    ours.set_weights(theirs.get_weights())
    x = [SERIES[0], SERIES[1][:, :2]]
    same(ours(x), theirs(x))


def test_a_cell_of_ones_own() -> None:
    class Leaky(bigdl_keras.layers.Layer):
        state_size = 4

        def call(self, inputs: Any, states: Any) -> Any:
            (kept,) = states
            kept = 0.5 * kept + inputs
            return 2 * kept, [kept]

    x = SERIES[0]
    mask = np.array([[True, True, True], [True, False, True]])
    outputs, last = bigdl_keras.layers.RNN(Leaky(), return_sequences=True, return_state=True)(
        x, mask=mask
    )
    h = np.zeros((2, 4), "float32")
    expected = []
    for t in range(3):
        new = 0.5 * h + x[:, t]
        # A dropped step repeats the state, not the output before it.
        expected.append(np.where(mask[:, t : t + 1], 2 * new, h))
        h = np.where(mask[:, t : t + 1], new, h)
    close(outputs, np.stack(expected, 1), 1e-6)
    close(last, h, 1e-6)


def test_masked_steps_of_a_convolutional_lstm_are_not_there() -> None:
    layer = bigdl_keras.layers.ConvLSTM1D(2, 2)
    x = LINES[0]
    mask = np.array([[True, True, False], [True, False, False]])
    got = np.asarray(layer(x, mask=mask))
    for row, length in enumerate((2, 1)):
        close(got[row], np.asarray(layer(x[row : row + 1, :length]))[0], 1e-5)


def test_each_gate_of_a_convolutional_lstm_has_its_own_dropout() -> None:
    layer = bigdl_keras.layers.ConvLSTM1D(2, 2, dropout=0.5, recurrent_dropout=0.5, seed=3)
    x = np.ones((2, 3, 5, 2), "float32")
    layer.build(x.shape)
    mask = np.asarray(layer.cell.get_dropout_mask(x[:, 0]))
    assert mask.shape == (2, 5, 8)
    assert set(np.unique(mask)) == {0.0, 2.0}
    assert any(np.any(mask[..., :2] != mask[..., 2 * i : 2 * i + 2]) for i in range(1, 4))
    assert layer.cell.get_dropout_mask(x[:, 0]) is layer.cell._dropout_mask
    layer.cell.reset_dropout_mask()
    # A rate of nearly zero leaves the values of inference.
    nearly = bigdl_keras.layers.ConvLSTM1D(2, 2, dropout=1e-7, recurrent_dropout=1e-7)
    close(nearly(x, training=True), nearly(x, training=False), 1e-4)


def test_steps_of_a_batch_normalization_follow_each_other() -> None:
    inner = bigdl_keras.layers.BatchNormalization(momentum=0.5)
    layer = bigdl_keras.layers.TimeDistributed(inner)
    x = SERIES[0]
    layer(x, training=True)
    mean = np.zeros(4, "float32")
    for t in range(3):
        mean = 0.5 * mean + 0.5 * x[:, t].mean(0)
    close(inner.moving_mean.numpy(), mean, 1e-5)
