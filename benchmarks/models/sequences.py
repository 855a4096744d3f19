"""Nets on texts and time series."""

import numpy as np

WORDS = 20_000


def lstm(keras):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((80,), dtype="int32"),
            layers.Embedding(WORDS, 128),
            layers.LSTM(128),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def gru(keras):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((120, 14)),
            layers.Bidirectional(layers.GRU(32)),
            layers.Dense(1),
        ]
    )


def weather(count, rng):
    return rng.random((count, 120, 14), np.float32), rng.random((count, 1), np.float32)


def text_cnn(keras):
    """Kim 2014: windows of three, four and five words, the strongest answer of each filter."""
    layers = keras.layers
    inputs = keras.Input((400,), dtype="int32")
    x = layers.Embedding(WORDS, 128)(inputs)
    windows = [layers.Conv1D(100, size, activation="relu")(x) for size in (3, 4, 5)]
    x = layers.Concatenate()([layers.GlobalMaxPooling1D()(window) for window in windows])
    outputs = layers.Dense(1, activation="sigmoid")(layers.Dropout(0.5)(x))
    return keras.Model(inputs, outputs)


def transformer(keras):
    """A classifier of texts: two encoder layers of width 128."""
    layers = keras.layers
    inputs = keras.Input((128,), dtype="int32")
    x = _positions(keras)(layers.Embedding(WORDS, 128)(inputs))
    for _ in range(2):
        x = _encoder(keras, x, heads=4, activation="relu")
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))


BERT_WORDS = 30_522


def bert_mini(keras):
    """Turc et al. 2019's second smallest BERT, classifying by its first word."""
    layers = keras.layers
    inputs = keras.Input((128,), dtype="int32")
    x = _positions(keras)(layers.Embedding(BERT_WORDS, 256)(inputs))
    x = layers.Dropout(0.1)(layers.LayerNormalization(epsilon=1e-12)(x))
    for _ in range(4):
        x = _encoder(keras, x, heads=4, activation="gelu")
    x = layers.Dense(256, activation="tanh")(x[:, 0])
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))


def _encoder(keras, x, heads, activation):
    """Attention and a net four times as wide, each added to what it saw and normalised."""
    layers = keras.layers
    width = x.shape[-1]
    y = layers.MultiHeadAttention(heads, width // heads)(x, x)
    x = layers.LayerNormalization()(x + layers.Dropout(0.1)(y))
    y = layers.Dense(width)(layers.Dense(4 * width, activation=activation)(x))
    return layers.LayerNormalization()(x + layers.Dropout(0.1)(y))


def _positions(keras):
    class Positions(keras.layers.Layer):
        """Adds a learnt vector for every place in a text."""

        def build(self, shape):
            self.vectors = self.add_weight(shape[1:], "uniform", name="vectors")

        def call(self, x):
            return x + self.vectors

    return Positions()
