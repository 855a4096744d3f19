"""An activation without weights of its own that keeps both signs: the antirectifier."""

import json
import os
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(13)
DATA = Path(os.environ["BIGDL_KERAS_DATA"]) / "datasets"


class Antirectifier(layers.Layer):
    """Centres and normalises each row, then mixes its positive and its negative part."""

    def __init__(self, initializer="he_normal", **kwargs):
        super().__init__(**kwargs)
        self.initializer = keras.initializers.get(initializer)

    def build(self, input_shape):
        units = input_shape[-1]
        self.kernel = self.add_weight(
            shape=(units * 2, units), initializer=self.initializer, name="kernel"
        )

    def call(self, inputs):
        centred = inputs - ops.mean(inputs, axis=-1, keepdims=True)
        norm = ops.sqrt(ops.maximum(ops.sum(ops.square(centred), axis=-1, keepdims=True), 1e-12))
        unit = centred / norm
        both = ops.concatenate([ops.relu(unit), ops.relu(-unit)], axis=-1)
        return ops.matmul(both, self.kernel)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        initializer = keras.initializers.serialize(self.initializer)
        return {**super().get_config(), "initializer": initializer}


with np.load(DATA / "mnist" / "mnist.npz") as file:
    x_train = file["x_train"][:6000].reshape(-1, 784).astype("float32") / 255
    x_test = file["x_test"][:1000].reshape(-1, 784).astype("float32") / 255
    y_train, y_test = file["y_train"][:6000], file["y_test"][:1000]

model = keras.Sequential(
    [
        keras.Input(shape=(784,)),
        layers.Dense(64),
        Antirectifier(),
        layers.Dense(64),
        Antirectifier(),
        layers.Dropout(0.2),
        layers.Dense(10),
    ]
)
model.compile(
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    optimizer=keras.optimizers.RMSprop(),
    metrics=[keras.metrics.SparseCategoricalAccuracy()],
)
model.fit(x_train, y_train, batch_size=100, epochs=4, validation_split=0.2, verbose=2)

copy = keras.models.clone_model(
    model, clone_function=lambda layer: type(layer).from_config(layer.get_config())
)
copy.set_weights(model.get_weights())
copy.compile(loss=model.loss, metrics=[keras.metrics.SparseCategoricalAccuracy()])
accuracy = copy.evaluate(x_test, y_test, batch_size=500, verbose=0)[1]
print(json.dumps({"accuracy": accuracy}))
