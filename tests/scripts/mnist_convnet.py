"""A small convolutional network that reads handwritten digits."""

import json
import os
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)
DATA = Path(os.environ["BIGDL_KERAS_DATA"]) / "datasets"
CLASSES = 10

with np.load(DATA / "mnist" / "mnist.npz") as file:
    x_train, y_train = file["x_train"][:5000], file["y_train"][:5000]
    x_test, y_test = file["x_test"][:1000], file["y_test"][:1000]

x_train = np.expand_dims(x_train.astype("float32") / 255, -1)
x_test = np.expand_dims(x_test.astype("float32") / 255, -1)
y_train = keras.utils.to_categorical(y_train, CLASSES)
y_test = keras.utils.to_categorical(y_test, CLASSES)

model = keras.Sequential(
    [
        keras.Input(shape=(28, 28, 1)),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dropout(0.3),
        layers.Dense(CLASSES, activation="softmax"),
    ]
)
model.summary()
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=125, epochs=3, validation_split=0.1)

loss, accuracy = model.evaluate(x_test, y_test, batch_size=500, verbose=0)
print(json.dumps({"accuracy": accuracy}))
