"""Adaptive pooling, spectral normalisation, reversible embeddings: what the tables of cases do not show."""

from typing import Any

import keras
import numpy as np
import pytest

import bigdl_keras
from bigdl_keras import layers

X = np.random.default_rng(0).standard_normal((3, 5)).astype("float32")


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("AdaptiveAveragePooling1D", (2, 2)),
        ("AdaptiveAveragePooling1D", 2.5),
        ("AdaptiveMaxPooling2D", (2,)),
        ("AdaptiveMaxPooling3D", "all"),
    ],
)
def test_output_sizes_are_checked_as_in_stock_keras(name: str, size: Any) -> None:
    with pytest.raises((TypeError, ValueError)) as expected:
        getattr(keras.layers, name)(size)
    with pytest.raises(expected.type, match="output_size"):
        getattr(layers, name)(size)


def test_windows_that_overlap_count_what_they_share_twice() -> None:
    x = np.arange(5, dtype="float32").reshape(1, 5, 1)
    np.testing.assert_allclose(layers.AdaptiveAveragePooling1D(3)(x)[0, :, 0], [0.5, 2, 3.5])
    np.testing.assert_allclose(layers.AdaptiveMaxPooling1D(3)(x)[0, :, 0], [1, 3, 4])


def test_an_eager_call_in_training_divides_the_weight_for_good() -> None:
    made = []
    for library in (keras, bigdl_keras):
        layer = library.layers.SpectralNormalization(library.layers.Dense(4, use_bias=False))
        layer.build((None, 5))
        layer.set_weights([np.full((5, 4), 0.3) + np.eye(5, 4), np.ones((1, 4))])
        layer(X, training=False)
        layer(X, training=True)
        made.append(layer.get_weights())
    for got, expected in zip(made[1], made[0], strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-5)
    kernel = max(made[1], key=np.size)
    assert np.linalg.norm(kernel, 2) == pytest.approx(1, abs=0.05)


def test_spectral_normalization_needs_a_weight() -> None:
    with pytest.raises(ValueError, match="greater than zero"):
        layers.SpectralNormalization(layers.Dense(2), power_iterations=0)
    with pytest.raises(ValueError, match="no attribute 'kernel' nor 'embeddings'"):
        layers.SpectralNormalization(layers.Flatten())(X)


def test_a_weight_of_zeros_can_begin_to_train() -> None:
    zero = layers.SpectralNormalization(layers.Dense(2, kernel_initializer="zeros"))
    model = bigdl_keras.Sequential([bigdl_keras.Input((5,)), zero])
    model.compile("sgd", "mse")
    u = zero.vector_u.numpy()
    model.train_on_batch(X, np.ones((3, 2)))
    np.testing.assert_array_equal(zero.vector_u.numpy(), u)
    kernel = zero.layer.kernel.numpy()
    assert np.all(np.isfinite(kernel))
    assert np.any(kernel)


def test_a_language_model_of_one_table() -> None:
    embedding = layers.ReversibleEmbedding(9, 4, mask_zero=True)
    tokens = bigdl_keras.Input((5,), dtype="int32")
    hidden = layers.LSTM(4, return_sequences=True)(embedding(tokens))
    model = bigdl_keras.Model(tokens, embedding(hidden, reverse=True))
    assert [w.shape for w in model.weights][:1] == [(9, 4)]
    x = np.array([[1, 2, 3, 0, 0]], "int32")
    got = model.predict(x, verbose=0)
    assert got.shape == (1, 5, 9)
    # The padding keeps the state of the last token before it.
    np.testing.assert_allclose(got[0, 3:], got[0, [2, 2]], rtol=1e-5)
    model.compile("adam", bigdl_keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    before = embedding.embeddings.numpy()
    model.fit(x, x, verbose=0)
    # Reversed, every row of the table takes part.
    assert np.all(np.any(embedding.embeddings.numpy() != before, axis=1))
