"""Recurrent layers in their less usual settings, as compared with stock Keras."""

from __future__ import annotations

import numpy as np

from tests.keras.layers.check_layer import Case

SERIES = [(3, 4, 5)]
MASK = np.arange(4)[None, :] < np.array([[4], [2], [3]])

CASES: dict[str, Case] = {
    "SimpleRNN masked, backwards, zeros": Case(
        lambda k: k.layers.SimpleRNN(
            3, return_sequences=True, go_backwards=True, zero_output_for_mask=True
        ),
        SERIES,
        mask=MASK,
    ),
    "GRU unrolled, masked, states": Case(
        lambda k: k.layers.GRU(3, unroll=True, return_state=True, return_sequences=True),
        SERIES,
        mask=MASK,
    ),
    "RNN stacked, masked, states": Case(
        lambda k: k.layers.RNN([k.layers.LSTMCell(4), k.layers.GRUCell(3)], return_sequences=True),
        SERIES,
        mask=MASK,
    ),
    "Bidirectional both, states": Case(
        lambda k: k.layers.Bidirectional(
            k.layers.LSTM(3, return_state=True, return_sequences=True), merge_mode=None
        ),
        SERIES,
    ),
    "Bidirectional ave, other backward layer": Case(
        lambda k: k.layers.Bidirectional(
            k.layers.SimpleRNN(3, return_sequences=True),
            merge_mode="ave",
            backward_layer=k.layers.GRU(3, go_backwards=True, return_sequences=True),
        ),
        SERIES,
    ),
    "Bidirectional mul, masked": Case(
        lambda k: k.layers.Bidirectional(k.layers.GRU(3), merge_mode="mul"), SERIES, mask=MASK
    ),
    "Bidirectional RNN of a cell": Case(
        lambda k: k.layers.Bidirectional(
            k.layers.RNN(k.layers.SimpleRNNCell(3), return_sequences=True)
        ),
        SERIES,
    ),
    "TimeDistributed of TimeDistributed": Case(
        lambda k: k.layers.TimeDistributed(k.layers.TimeDistributed(k.layers.Dense(2))),
        [(3, 4, 2, 5)],
    ),
    "TimeDistributed LSTM masked": Case(
        lambda k: k.layers.TimeDistributed(k.layers.LSTM(2)),
        [(3, 4, 2, 5)],
        mask=np.repeat(MASK[:, :, None], 2, 2),
        trains=False,  # stock Keras cannot apply that mask to a loss
    ),
}
