"""News sorted into four sections by a transformer block written as a layer."""

import json
import os
import re
from collections import Counter
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from keras import layers, ops

keras.utils.set_random_seed(3)
DATA = Path(os.environ["BIGDL_KERAS_DATA"]) / "datasets" / "text"
WORDS, LENGTH, WIDTH = 5000, 32, 32


class TransformerBlock(layers.Layer):
    """Self-attention and a small network, each with a residual connection."""

    def __init__(self, width, heads, hidden, rate=0.1, **kwargs):
        super().__init__(**kwargs)
        self.attention = layers.MultiHeadAttention(num_heads=heads, key_dim=width // heads)
        self.network = keras.Sequential(
            [layers.Dense(hidden, activation="gelu"), layers.Dense(width)]
        )
        self.norms = [layers.LayerNormalization(epsilon=1e-6) for _ in range(2)]
        self.drops = [layers.Dropout(rate) for _ in range(2)]

    def call(self, inputs, training=None):
        attended = self.drops[0](self.attention(inputs, inputs), training=training)
        x = self.norms[0](inputs + attended)
        return self.norms[1](x + self.drops[1](self.network(x), training=training))


class TokensAndPlaces(layers.Layer):
    """The sum of a vector for each word and a vector for its place."""

    def __init__(self, length, words, width, **kwargs):
        super().__init__(**kwargs)
        self.words = layers.Embedding(words, width)
        self.places = layers.Embedding(length, width)

    def call(self, x):
        return self.words(x) + self.places(ops.arange(ops.shape(x)[-1]))


news = pd.read_parquet(DATA / "ag_news_test_7600.parquet").sample(frac=1, random_state=0)
words = [re.findall(r"[a-z]+", text.lower()) for text in news["title"] + " " + news["description"]]
known = Counter(word for text in words[:6000] for word in text).most_common(WORDS - 2)
index = {word: i for i, (word, _) in enumerate(known, start=2)}
x = keras.utils.pad_sequences(
    [[index.get(word, 1) for word in text] for text in words],
    maxlen=LENGTH,
    padding="post",
    truncating="post",
)
y = news["label"].to_numpy() - news["label"].min()

inputs = layers.Input(shape=(LENGTH,))
hidden = TokensAndPlaces(LENGTH, WORDS, WIDTH)(inputs)
hidden = TransformerBlock(WIDTH, heads=2, hidden=64)(hidden)
hidden = layers.GlobalAveragePooling1D()(hidden)
hidden = layers.Dropout(0.2)(hidden)
outputs = layers.Dense(4, activation="softmax")(hidden)
model = keras.Model(inputs, outputs)

model.compile(keras.optimizers.AdamW(2e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x[:6000], y[:6000], batch_size=60, epochs=3, verbose=2)
accuracy = model.evaluate(x[6000:], y[6000:], batch_size=400, verbose=0)[1]
print(json.dumps({"accuracy": accuracy, "majority": float(np.bincount(y[6000:]).max() / 1600)}))
