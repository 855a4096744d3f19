"""A convolutional autoencoder that takes the noise out of pictures."""

import json
import os
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(4)
DATA = Path(os.environ["BIGDL_KERAS_DATA"]) / "datasets"

with np.load(DATA / "fashion_mnist" / "fashion_mnist_12k.npz") as file:
    clean_train = file["x_train"][:3000, ..., None].astype("float32") / 255
    clean_test = file["x_test"][:500, ..., None].astype("float32") / 255

rng = np.random.default_rng(0)


def noisy(images):
    return np.clip(images + rng.normal(0, 0.4, images.shape), 0, 1).astype("float32")


noisy_train, noisy_test = noisy(clean_train), noisy(clean_test)

inputs = layers.Input(shape=(28, 28, 1))
x = layers.Conv2D(16, 3, activation="relu", padding="same")(inputs)
x = layers.MaxPooling2D(2, padding="same")(x)
x = layers.Conv2D(16, 3, activation="relu", padding="same")(x)
x = layers.MaxPooling2D(2, padding="same")(x)
encoder = keras.Model(inputs, x, name="encoder")

codes = layers.Input(shape=encoder.output_shape[1:])
x = layers.Conv2DTranspose(16, 3, strides=2, activation="relu", padding="same")(codes)
x = layers.Conv2DTranspose(16, 3, strides=2, activation="relu", padding="same")(x)
x = layers.Conv2D(1, 3, activation="sigmoid", padding="same")(x)
decoder = keras.Model(codes, x, name="decoder")

autoencoder = keras.Model(inputs, decoder(encoder(inputs)))
autoencoder.compile(optimizer="adam", loss="binary_crossentropy", metrics=["mse"])
autoencoder.summary(expand_nested=True)
history = autoencoder.fit(
    noisy_train,
    clean_train,
    batch_size=100,
    epochs=2,
    shuffle=False,
    validation_data=(noisy_test, clean_test),
    validation_batch_size=100,
    verbose=2,
)

restored = autoencoder.predict(noisy_test, batch_size=100, verbose=0)
print(
    json.dumps(
        {
            "noise": float(np.mean((noisy_test - clean_test) ** 2)),
            "mse": float(np.mean((restored - clean_test) ** 2)),
            "losses": history.history["loss"],
            "val_mse": history.history["val_mse"],
        }
    )
)
