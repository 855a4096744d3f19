"""Who says the vowel? Series of different lengths, padded, masked and read in both directions."""

import json
import os
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(16)
DATA = Path(os.environ["BIGDL_KERAS_DATA"]) / "datasets" / "timeseries"
SPEAKERS, PADDING = 9, -9.0


def load(part):
    table = pd.read_parquet(DATA / f"japanese_vowels_varlen_{part}.parquet")
    series = [np.stack(list(rows)) for rows in table["series"]]
    padded = keras.utils.pad_sequences(
        series, maxlen=30, dtype="float32", padding="post", value=PADDING
    )
    return padded, table["label"].to_numpy() - table["label"].min()


x_train, y_train = load("train")
x_test, y_test = load("test")
order = np.random.default_rng(0).permutation(len(x_train))
x_train, y_train = x_train[order], y_train[order]

model = keras.Sequential(
    [
        keras.Input((30, 12)),
        layers.Masking(mask_value=PADDING),
        layers.Bidirectional(layers.GRU(16, return_sequences=True)),
        layers.Bidirectional(layers.LSTM(16), merge_mode="ave"),
        layers.Dense(SPEAKERS, activation="softmax"),
    ]
)
model.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, batch_size=30, epochs=10, shuffle=False, verbose=2).history
accuracy = model.evaluate(x_test, y_test, batch_size=370, verbose=0)[1]

shorter = x_test[:, :25][np.all(x_test[:, 25:] == PADDING, axis=(1, 2))]
longer = np.pad(shorter, ((0, 0), (0, 5), (0, 0)), constant_values=PADDING)
padding = np.abs(model(longer) - model.predict(longer, batch_size=len(longer), verbose=0)).max()
print(
    json.dumps(
        {"losses": history["loss"], "accuracy": accuracy, "eager_difference": float(padding)}
    )
)
