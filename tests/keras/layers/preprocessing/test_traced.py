"""Layers of numbers compute the same in compiled models, for any number of rows, and pass gradients on."""

import json

import numpy as np
import pytest

import bigdl_keras as keras
from bigdl_keras import layers
from bigdl_keras.layers.preprocessing import _quantiles

CODES = np.array([[4, 2, 2], [7, 0, 4], [9, 9, -1], [2, 2**31 - 1, 4]])
VALUES = np.linspace(-2, 2, 12, dtype="float32").reshape(4, 3)
SIGNAL = np.sin(np.arange(240, dtype="float32") ** 1.5).reshape(4, 60)

CASES = {
    "count": (layers.CategoryEncoding(10, output_mode="count"), CODES),
    "one_hot": (layers.CategoryEncoding(10, output_mode="one_hot"), CODES),
    "multi_hot": (layers.CategoryEncoding(10, output_mode="multi_hot"), CODES),
    "ranges": (layers.Discretization([-1.0, 0.0, 0.5], output_mode="count"), VALUES),
    "lookup": (layers.IntegerLookup(vocabulary=[4, 9], num_oov_indices=3), CODES),
    "hashed lookup": (
        layers.IntegerLookup(vocabulary=[4], num_oov_indices=3, oov_method="farmhash", salt=1),
        CODES,
    ),
    "masked lookup": (
        layers.IntegerLookup(
            vocabulary=[4, 9], mask_token=2, output_mode="tf_idf", idf_weights=[0.5, 2.0]
        ),
        CODES,
    ),
    "inverted": (layers.IntegerLookup(vocabulary=[4, 9], invert=True), CODES),
    "hashing": (layers.Hashing(9, mask_value=2), CODES),
    "salted": (layers.Hashing(9, salt=[1, -2], output_mode="one_hot"), CODES),
    "mel": (layers.MelSpectrogram(fft_length=16, sequence_stride=8, num_mel_bins=4), SIGNAL),
    "spectrum": (layers.STFTSpectrogram(frame_length=8), SIGNAL[..., None]),
}


@pytest.mark.parametrize("name", CASES)
def test_compiled_equals_eager(name):
    layer, data = CASES[name]
    inputs = keras.Input(data.shape[1:], dtype=data.dtype.name)
    model = keras.Model(inputs, layer(inputs))
    expected = np.asarray(layer(data))
    found = model.predict(data, batch_size=4, verbose=0)
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
    if name != "mel":  # whose loudest sound counts for the whole batch
        part = model.predict(data[:3], batch_size=2, verbose=0)
        np.testing.assert_allclose(part, expected[:3], rtol=1e-4, atol=1e-4)


def test_hashing_of_features_computed_in_the_model():
    value = keras.Input((1,))
    ranges = layers.Discretization([-1.0, 0.0, 0.5])(value)
    crossed = layers.HashedCrossing(20)([ranges, ranges])
    found = keras.Model(value, crossed).predict(VALUES[:, :1], verbose=0)
    numbers = layers.Discretization([-1.0, 0.0, 0.5])(VALUES[:, :1])
    np.testing.assert_array_equal(found, layers.HashedCrossing(20)([numbers, numbers]))


def test_kernels_of_a_spectrogram_learn():
    model = keras.Sequential(
        [keras.Input((60, 1)), layers.STFTSpectrogram("magnitude", frame_length=8)]
    )
    model.compile(keras.optimizers.Adam(0.01), "mse")
    target = np.zeros((4, *model.output_shape[1:]), "float32")
    losses = model.fit(SIGNAL[..., None], target, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < 0.9 * losses[0]


@pytest.mark.parametrize(
    "make",
    [
        lambda window: layers.MelSpectrogram(fft_length=8, sequence_stride=4, window=window),
        lambda window: layers.STFTSpectrogram(frame_length=8, window=window),
    ],
)
def test_windows_of_ones_own_are_saved(make):
    layer = make(np.hanning(8))
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))
    data = SIGNAL if isinstance(layer, layers.MelSpectrogram) else SIGNAL[..., None]
    again = keras.saving.deserialize_keras_object(config)
    np.testing.assert_array_equal(again(data), layer(data))


def test_gradient_reaches_the_weights_of_counts():
    codes, weights = keras.Input((3,), dtype="int32"), keras.Input((3,))
    trained = layers.Dense(3, use_bias=False)(weights)
    counts = layers.CategoryEncoding(5, output_mode="count")(codes, count_weights=trained)
    model = keras.Model([codes, weights], counts)
    model.compile("sgd", "mse")
    before = model.get_weights()[0].copy()
    model.train_on_batch([CODES % 5, VALUES], np.ones((4, 5)))
    assert (model.get_weights()[0] != before).all()


@pytest.mark.parametrize("epsilon", [0.01, 0.05])
def test_merged_summaries_keep_quantiles(epsilon):
    values = np.random.default_rng(0).normal(size=4000).astype("float32")
    summary = _quantiles.EMPTY
    for part in np.split(values, 8):
        summary = _quantiles.merged(_quantiles.summary_of(part, epsilon), summary, epsilon)
    assert summary.shape[1] <= 1 / epsilon + 1
    np.testing.assert_allclose(summary[1].sum(), len(values), rtol=0.02)
    found = _quantiles.boundaries(summary, 4)
    shares = [(values < bound).mean() for bound in found]
    np.testing.assert_allclose(shares, [0.25, 0.5, 0.75], atol=2 * epsilon)
