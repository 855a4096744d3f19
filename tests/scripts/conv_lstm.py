"""The next frames of small films, from convolutional LSTMs."""

import json
import os
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(17)
DATA = Path(os.environ["BIGDL_KERAS_DATA"]) / "datasets"
FRAMES, SIZE = 5, 16

with np.load(DATA / "mnist" / "mnist.npz") as file:
    # Each fourth pixel: digits of 7 by 7.
    digits = file["x_train"][:120, ::4, ::4].astype("float32") / 255


def film(digit, rng):
    """A digit that moves straight on and bounces off the edges."""
    room = SIZE - 7
    place, speed = rng.uniform(0, room, 2), rng.uniform(-2.5, 2.5, 2)
    frames = np.zeros((FRAMES + 1, SIZE, SIZE, 1), "float32")
    for frame in frames:
        top, left = np.abs((place + room) % (2 * room) - room).astype(int)
        frame[top : top + 7, left : left + 7, 0] = digit
        place = place + speed
    return frames


rng = np.random.default_rng(0)
films = np.stack([film(digit, rng) for digit in digits])
x, y = films[:, :-1], films[:, 1:]

inputs = layers.Input(shape=(None, SIZE, SIZE, 1))
h = layers.ConvLSTM2D(8, 3, padding="same", return_sequences=True, activation="relu")(inputs)
h = layers.BatchNormalization(momentum=0.7)(h)
h = layers.ConvLSTM2D(8, 3, padding="same", return_sequences=True, activation="relu")(h)
outputs = layers.Conv3D(1, 3, activation="sigmoid", padding="same")(h)
model = keras.Model(inputs, outputs)

model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(3e-3))
history = model.fit(x[:100], y[:100], batch_size=10, epochs=4, shuffle=False, verbose=2).history
predicted = model.predict(x[100:], batch_size=10, verbose=0)
scores = keras.losses.binary_crossentropy(y[100:].reshape(-1), predicted.reshape(-1))
print(json.dumps({"losses": history["loss"], "crossentropy": float(scores)}))
