"""A variational autoencoder: a sampling layer, an own loss and trackers of its parts."""

import json
import os
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(5)
DATA = Path(os.environ["BIGDL_KERAS_DATA"]) / "datasets"
LATENT = 4


class Sampling(layers.Layer):
    """Draws a code from the normal distribution that the encoder describes."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(1337)

    def call(self, inputs):
        mean, log_variance = inputs
        noise = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_variance) * noise


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder, self.decoder = encoder, decoder
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction")
        self.divergence_tracker = keras.metrics.Mean(name="divergence")

    def call(self, x):
        mean, log_variance, code = self.encoder(x)
        return {"mean": mean, "log_variance": log_variance, "image": self.decoder(code)}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        pixels = keras.losses.binary_crossentropy(x, y_pred["image"])
        reconstruction = ops.mean(ops.sum(pixels, axis=(1, 2)))
        mean, log_variance = y_pred["mean"], y_pred["log_variance"]
        divergence = -0.5 * (1 + log_variance - ops.square(mean) - ops.exp(log_variance))
        divergence = ops.mean(ops.sum(divergence, axis=1))
        self.reconstruction_tracker.update_state(reconstruction)
        self.divergence_tracker.update_state(divergence)
        return reconstruction + divergence


with np.load(DATA / "mnist" / "mnist.npz") as file:
    digits = file["x_train"][:4000, ..., None].astype("float32") / 255
    unseen = file["x_test"][:500, ..., None].astype("float32") / 255

image = keras.Input(shape=(28, 28, 1))
x = layers.Conv2D(8, 3, activation="relu", strides=2, padding="same")(image)
x = layers.Conv2D(16, 3, activation="relu", strides=2, padding="same")(x)
x = layers.Dense(32, activation="relu")(layers.Flatten()(x))
mean = layers.Dense(LATENT, name="mean")(x)
log_variance = layers.Dense(LATENT, name="log_variance")(x)
code = Sampling()([mean, log_variance])
encoder = keras.Model(image, [mean, log_variance, code], name="encoder")

decoder = keras.Sequential(
    [
        keras.Input(shape=(LATENT,)),
        layers.Dense(7 * 7 * 16, activation="relu"),
        layers.Reshape((7, 7, 16)),
        layers.Conv2DTranspose(16, 3, activation="relu", strides=2, padding="same"),
        layers.Conv2DTranspose(1, 3, activation="sigmoid", strides=2, padding="same"),
    ],
    name="decoder",
)

vae = VAE(encoder, decoder)
vae.compile(optimizer=keras.optimizers.Adam(3e-3))
history = vae.fit(digits, batch_size=100, epochs=4, verbose=2).history
scores = vae.evaluate(unseen, batch_size=100, verbose=0, return_dict=True)
drawn = decoder.predict(np.random.default_rng(0).normal(size=(16, LATENT)), verbose=0)
print(
    json.dumps(
        {
            "first": history["reconstruction"][0],
            "reconstruction": scores["reconstruction"],
            "divergence": scores["divergence"],
            "ink": float(drawn.mean()),
        }
    )
)
