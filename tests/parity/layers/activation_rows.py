"""Activations as layers."""

import keras
import numpy as np

from tests.parity.layers.row import Row, floats, lengths_mask, rows

VALUES = np.concatenate([3 * floats(2, 8), [[0.0, -0.0, 1.0, -1.0, 6.0, 3.0, -3.0, 1e-6]]]).astype(
    "float32"
)
SERIES = (3, 4, 5)
# `threshold` needs arguments. Stock Keras takes the layer's output for as wide as its input, which
# `glu` halves; its `sparsemax` does not sum to one; its `sparse_sigmoid` has a quarter of the slope
# at the ends.
ODD = ("glu", "sparsemax", "sparse_sigmoid", "threshold", "get", "serialize", "deserialize")
NAMES = sorted(
    name for name in dir(keras.activations) if name not in ODD and not name.startswith("_")
)
SLOPES = [
    {},
    {"max_value": 2.0},
    {"negative_slope": 0.1},
    {"threshold": 0.5},
    {"max_value": 2.0, "negative_slope": 0.2, "threshold": 0.5},
    {"max_value": 0.0},
]

ROWS: list[Row] = [
    *rows("Activation", VALUES, [{"activation": name} for name in NAMES]),
    *rows("ReLU", VALUES, SLOPES),
    *rows("LeakyReLU", VALUES, [{}, {"negative_slope": 0.0}, {"negative_slope": 0.5}]),
    *rows("ELU", VALUES, [{}, {"alpha": 0.5}]),
    *rows("PReLU", SERIES, [{}, {"shared_axes": [1]}, {"shared_axes": [1, 2]}]),
    *rows("PReLU", SERIES, [{"alpha_regularizer": "l2"}]),
    *rows("PReLU", (1, 1)),
    *rows("Softmax", SERIES, [{}, {"axis": 1}, {"axis": -2}, {"axis": (1, 2)}, {"axis": (-1, -2)}]),
    *rows("Softmax", (2, 1)),
    *rows("Softmax", (3, 4), call={"mask": lengths_mask(4, 4, 1, 2)}),
]
