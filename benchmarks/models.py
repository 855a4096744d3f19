"""The models that are timed: the same code for every library, which is passed in as `keras`."""

import numpy as np


def mlp(keras):
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(512, activation="relu"),
            layers.Dense(512, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    return model, images((784,)), "sparse_categorical_crossentropy", 128


def lenet(keras):
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    return model, images((28, 28, 1)), "sparse_categorical_crossentropy", 128


def resnet20(keras):
    """He et al. 2015, section 4.2: three stages of three blocks, 16, 32 and 64 filters."""
    layers = keras.layers

    def normalised(x, filters, stride=1):
        x = layers.Conv2D(filters, 3, stride, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    inputs = keras.Input((32, 32, 3))
    x = layers.ReLU()(normalised(inputs, 16))
    for filters in (16, 32, 64):
        for block in range(3):
            stride = 2 if block == 0 and filters > 16 else 1
            shortcut = layers.Conv2D(filters, 1, stride)(x) if stride == 2 else x
            y = layers.ReLU()(normalised(x, filters, stride))
            x = layers.ReLU()(layers.Add()([normalised(y, filters), shortcut]))
    outputs = layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(x))
    model = keras.Model(inputs, outputs)
    return model, images((32, 32, 3)), "sparse_categorical_crossentropy", 64


def lstm(keras):
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((80,), dtype="int32"),
            layers.Embedding(20_000, 128),
            layers.LSTM(128),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    return model, tokens, "binary_crossentropy", 32


MODELS = {"mlp": mlp, "lenet": lenet, "resnet20": resnet20, "lstm": lstm}


def images(shape):
    """A function that makes `count` images and labels of ten classes."""

    def make(count, rng):
        return rng.random((count, *shape), np.float32), rng.integers(0, 10, count)

    return make


def tokens(count, rng):
    x = rng.integers(0, 20_000, (count, 80)).astype("int32")
    return x, rng.integers(0, 2, (count, 1)).astype("float32")
