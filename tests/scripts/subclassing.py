"""Layers and a model of one's own: weights, losses, `training`, configs, and a file read back."""

import json
import os
import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(8)
DATA = Path(os.environ["BIGDL_KERAS_DATA"]) / "datasets"


@keras.saving.register_keras_serializable("scripts")
class Linear(layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        self.w = self.add_weight(
            shape=(input_shape[-1], self.units),
            initializer="he_normal",
            regularizer=keras.regularizers.L2(1e-4),
            name="w",
        )
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="b")

    def call(self, inputs):
        return self.activation(ops.matmul(inputs, self.w) + self.b)

    def get_config(self):
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "units": self.units, "activation": activation}


@keras.saving.register_keras_serializable("scripts")
class Quiet(layers.Layer):
    """Hands its input on and asks for small values; halves it in training."""

    def __init__(self, rate=1e-4, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.calls = self.add_weight(initializer="zeros", trainable=False, name="calls")

    def call(self, inputs, training=False):
        if training:
            self.calls.assign_add(1.0)
            inputs = inputs * 0.5
        self.add_loss(self.rate * ops.mean(ops.square(inputs)))
        return inputs

    def get_config(self):
        return {**super().get_config(), "rate": self.rate}


@keras.saving.register_keras_serializable("scripts")
class Classifier(keras.Model):
    def __init__(self, sizes=(64, 32), classes=10, **kwargs):
        super().__init__(**kwargs)
        self.sizes, self.classes = tuple(sizes), classes
        self.flatten = layers.Flatten()
        self.hidden = [Linear(size, "relu") for size in self.sizes]
        self.quiet = Quiet()
        self.head = Linear(classes)

    def call(self, inputs, training=False):
        x = self.flatten(inputs / 255)
        for number, layer in enumerate(self.hidden):
            y = layer(x)
            x = y if number == 0 else ops.concatenate([x, y], axis=-1)
        return self.head(self.quiet(x, training=training))

    def get_config(self):
        return {**super().get_config(), "sizes": self.sizes, "classes": self.classes}


with np.load(DATA / "fashion_mnist" / "fashion_mnist_12k.npz") as file:
    x_train, y_train = file["x_train"][:5000].astype("float32"), file["y_train"][:5000]
    x_test, y_test = file["x_test"][:1000].astype("float32"), file["y_test"][:1000]

model = Classifier()
model.compile(
    optimizer=keras.optimizers.SGD(0.1, momentum=0.9),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
)
history = model.fit(x_train, y_train, batch_size=100, epochs=3, shuffle=False, verbose=2).history
accuracy = model.evaluate(x_test, y_test, batch_size=500, verbose=0)[1]

with tempfile.TemporaryDirectory() as folder:
    model.save(Path(folder) / "classifier.keras")
    loaded = keras.saving.load_model(Path(folder) / "classifier.keras")
same = np.abs(loaded(x_test[:10]) - model(x_test[:10])).max()
print(
    json.dumps(
        {
            "losses": history["loss"],
            "accuracy": accuracy,
            "steps": float(model.quiet.calls.numpy()),
            "weights": [w.path.split("/", 1)[1] for w in model.weights],
            "added": len(model.losses),
            "file_difference": float(same),
        }
    )
)
