"""Are these two digits the same? Two towers that share all weights, and a contrastive loss."""

import json
import os
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(6)
DATA = Path(os.environ["BIGDL_KERAS_DATA"]) / "datasets"

with np.load(DATA / "mnist" / "mnist.npz") as file:
    train = file["x_train"][:4000].astype("float32") / 255, file["y_train"][:4000]
    test = file["x_test"][:1000].astype("float32") / 255, file["y_test"][:1000]


def pairs(images, labels, seed):
    """For each image one partner of its class and one of another."""
    rng = np.random.default_rng(seed)
    of_class = [np.flatnonzero(labels == c) for c in range(10)]
    left, right, different = [], [], []
    for i, label in enumerate(labels):
        for other in (label, (label + rng.integers(1, 10)) % 10):
            left.append(images[i])
            right.append(images[rng.choice(of_class[other])])
            different.append(float(other != label))
    return [np.array(left), np.array(right)], np.array(different, "float32")[:, None]


def distance(vectors):
    a, b = vectors
    squares = ops.sum(ops.square(a - b), axis=1, keepdims=True)
    return ops.sqrt(ops.maximum(squares, keras.backend.epsilon()))


def contrastive(margin=1.0):
    def contrastive_loss(y_true, y_pred):
        near = ops.square(y_pred)
        far = ops.square(ops.maximum(margin - y_pred, 0))
        return ops.mean((1 - y_true) * near + y_true * far)

    return contrastive_loss


def apart(y_true, y_pred):
    """How often the distance is on the right side of the half."""
    return ops.mean(ops.equal(y_true, ops.cast(y_pred > 0.5, y_true.dtype)))


image = layers.Input((28, 28))
x = layers.Reshape((28, 28, 1))(image)
x = layers.Conv2D(8, 5, activation="relu")(x)
x = layers.AveragePooling2D(2)(x)
x = layers.Conv2D(16, 5, activation="relu")(x)
x = layers.AveragePooling2D(2)(x)
x = layers.BatchNormalization(momentum=0.9)(layers.Flatten()(x))
tower = keras.Model(image, layers.Dense(10)(x), name="tower")

first, second = layers.Input((28, 28)), layers.Input((28, 28))
outputs = layers.Lambda(distance, output_shape=(1,))([tower(first), tower(second)])
siamese = keras.Model([first, second], outputs)

siamese.compile(loss=contrastive(), optimizer="adam", metrics=[apart])
history = siamese.fit(*pairs(*train, seed=0), batch_size=80, epochs=3, shuffle=False, verbose=2)
accuracy = siamese.evaluate(*pairs(*test, seed=1), batch_size=500, verbose=0)[1]
print(
    json.dumps(
        {"losses": history.history["loss"], "accuracy": accuracy, "weights": len(siamese.weights)}
    )
)
