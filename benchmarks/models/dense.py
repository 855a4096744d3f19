"""Nets of dense layers and embeddings."""

import numpy as np

from models.workload import yes_or_no

USERS, FILMS = 6_040, 3_706  # MovieLens-1M
CATEGORIES, NUMBERS, VALUES = 26, 13, 10_000  # the columns of Criteo's advertisements


def mlp(keras):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(512, activation="relu"),
            layers.Dense(512, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def ncf(keras):
    """Neural collaborative filtering (He et al. 2017) with the sizes of BigDL's: five ratings."""
    layers = keras.layers
    user, film = keras.Input((1,), dtype="int32"), keras.Input((1,), dtype="int32")

    def embedded(ids, count):
        return layers.Flatten()(layers.Embedding(count, 20)(ids))

    x = layers.Concatenate()([embedded(user, USERS), embedded(film, FILMS)])
    for width in (40, 20, 10):
        x = layers.Dense(width, activation="relu")(x)
    factors = layers.Multiply()([embedded(user, USERS), embedded(film, FILMS)])
    outputs = layers.Dense(5, activation="softmax")(layers.Concatenate()([x, factors]))
    return keras.Model([user, film], outputs)


def ratings(count, rng):
    users = rng.integers(0, USERS, (count, 1), np.int32)
    films = rng.integers(0, FILMS, (count, 1), np.int32)
    return [users, films], rng.integers(0, 5, count)


def wide_and_deep(keras):
    """Cheng et al. 2016: a weight for every value beside a net over embeddings and numbers."""
    layers = keras.layers
    values, numbers = keras.Input((CATEGORIES,), dtype="int32"), keras.Input((NUMBERS,))
    wide = layers.Flatten()(layers.Embedding(CATEGORIES * VALUES, 1)(values))
    deep = layers.Flatten()(layers.Embedding(CATEGORIES * VALUES, 32)(values))
    deep = layers.Concatenate()([deep, numbers])
    for width in (1024, 512, 256):
        deep = layers.Dense(width, activation="relu")(deep)
    outputs = layers.Dense(1, activation="sigmoid")(layers.Concatenate()([wide, deep]))
    return keras.Model([values, numbers], outputs)


def advertisements(count, rng):
    values = rng.integers(0, VALUES, (count, CATEGORIES), np.int32)
    values += VALUES * np.arange(CATEGORIES, dtype=np.int32)
    return [values, rng.random((count, NUMBERS), np.float32)], yes_or_no(count, rng)
