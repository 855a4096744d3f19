"""Every configuration of the tables against stock Keras."""

import importlib
from pathlib import Path

import jax
import keras
import numpy as np
import pytest

import bigdl_keras
from tests.parity.layers.check_row import check_row
from tests.parity.layers.row import Row

pytestmark = pytest.mark.parity

# The tables are the files `<family>_rows.py` beside this one.
TABLES = [
    importlib.import_module(f"{__package__}.{path.stem}")
    for path in sorted(Path(__file__).parent.glob("*_rows.py"))
]
ROWS = [row for table in TABLES for row in table.ROWS]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_row(row: Row) -> None:
    check_row(row)


# The first configuration of each class, but not those that hold layers of another dtype, nor those
# that stock Keras cannot run: its SimpleRNNCell returns float32.
DOUBLE = {row.layer: row for row in reversed(ROWS) if row.gradients}
NOT_DOUBLE = (
    *("RNN", "Bidirectional", "SpectralNormalization", "TimeDistributed"),
    *("SimpleRNN", "SimpleRNNCell"),
)
# Stock Keras computes parts of these in single precision.
ROUNDED = (
    *("AdditiveAttention", "BatchNormalization", "GRU", "GRUCell", "GlobalAveragePooling1D"),
    *("GlobalAveragePooling2D", "GlobalAveragePooling3D", "GroupNormalization", "LSTM", "LSTMCell"),
    *("LayerNormalization", "MultiHeadAttention", "RMSNormalization"),
    *("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GroupQueryAttention"),
)


@pytest.mark.parametrize("layer", sorted(set(DOUBLE) - set(NOT_DOUBLE)))
def test_double_precision(layer: str) -> None:
    row = DOUBLE[layer].in_float64(tolerance=5e-6 if layer in ROUNDED else 1e-10)
    with jax.enable_x64(True):
        check_row(row)


STOCHASTIC = [
    ("Dropout", {"rate": 0.3}, (64, 50)),
    ("Dropout", {"rate": 0.5, "noise_shape": (None, 1, 20)}, (64, 8, 20)),
    ("SpatialDropout1D", {"rate": 0.25}, (64, 5, 30)),
    ("SpatialDropout2D", {"rate": 0.25}, (64, 3, 2, 30)),
    ("SpatialDropout2D", {"rate": 0.25, "data_format": "channels_first"}, (64, 30, 3, 2)),
    ("SpatialDropout3D", {"rate": 0.25}, (64, 3, 2, 2, 30)),
    ("GaussianDropout", {"rate": 0.3}, (64, 50)),
    ("GaussianNoise", {"stddev": 0.7}, (64, 50)),
    ("AlphaDropout", {"rate": 0.2}, (64, 50)),
    ("AlphaDropout", {"rate": 0.2, "noise_shape": (None, 1)}, (640, 5)),
]


@pytest.mark.parametrize(("layer", "config", "shape"), STOCHASTIC, ids=str)
def test_noise_has_the_same_distribution(layer: str, config: dict, shape: tuple) -> None:
    x = np.full(shape, 2.0, "float32")
    samples = {}
    for library in (keras, bigdl_keras):
        made = getattr(library.layers, layer)(**config, seed=7)
        samples[library] = np.asarray(made(x, training=True))
        np.testing.assert_array_equal(np.asarray(made(x, training=False)), x)
    theirs, ours = samples[keras], samples[bigdl_keras]
    again = getattr(bigdl_keras.layers, layer)(**config, seed=7)
    np.testing.assert_array_equal(np.asarray(again(x, training=True)), ours)
    assert not np.array_equal(np.asarray(again(x, training=True)), ours)
    for statistic in (np.mean, np.std):
        np.testing.assert_allclose(statistic(ours), statistic(theirs), atol=0.2, rtol=0.05)
    # Along these axes all values are equal, or none are.
    for axis in range(len(shape)):
        assert (np.ptp(ours, axis).max() == 0) == (np.ptp(theirs, axis).max() == 0), axis
        shared = [float((np.ptp(s, axis) == 0).mean()) for s in (ours, theirs)]
        np.testing.assert_allclose(*shared, atol=0.12)
    if len(np.unique(theirs)) == 2:
        np.testing.assert_allclose(np.unique(ours), np.unique(theirs), rtol=1e-5)


# Where classes are compared that no table of this folder has.
ELSEWHERE = {
    "Layer": "tests/parity/models",
    "InputLayer": "tests/parity/models",
    "Lambda": "tests/parity/models",
    "Wrapper": "by TimeDistributed",
    "StackedRNNCells": "by RNN",
    "JaxLayer": "refused: tests/keras/layers/test_foreign_layers.py",
    "FlaxLayer": "refused: tests/keras/layers/test_foreign_layers.py",
    "TFSMLayer": "refused: tests/keras/layers/test_foreign_layers.py",
    "TorchModuleWrapper": "refused: tests/keras/layers/test_foreign_layers.py",
}
PREPARING = {
    "image": "tests/keras/layers/image",
    "preprocessing": "tests/keras/layers/preprocessing",
}


def test_every_layer_is_compared() -> None:
    covered = {row.layer for row in ROWS} | {layer for layer, *_ in STOCHASTIC}
    missing = []
    for name in set(dir(bigdl_keras.layers)) & set(dir(keras.layers)):
        cls = getattr(bigdl_keras.layers, name)
        if isinstance(cls, type) and issubclass(cls, bigdl_keras.layers.Layer):
            family = cls.__module__.split(".")[2]
            if name not in covered and name not in ELSEWHERE and family not in PREPARING:
                missing.append(name)
    assert not missing
