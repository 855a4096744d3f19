"""Small models, data and what the tests compare."""

import numpy as np
from pyspark.sql.utils import is_remote

from bigdl_keras import Input, Model, Sequential, callbacks, layers, optimizers, random

CLASSES = 3


def mlp(rate=0.01, metrics=("accuracy",), dropout=0.0, seed=7):
    random.set_global_seed(seed)
    inner = [layers.Dropout(dropout)] if dropout else []
    model = Sequential(
        [Input((4,)), layers.Dense(8, "relu"), *inner, layers.Dense(CLASSES, "softmax")]
    )
    model.compile(optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=list(metrics))
    return model


def cnn():
    random.set_global_seed(7)
    model = Sequential(
        [
            Input((6, 6, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(CLASSES, "softmax"),
        ]
    )
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def two_headed():
    """Two inputs, two outputs."""
    random.set_global_seed(7)
    wide, deep = Input((2,), name="wide"), Input((1,), name="deep")
    joined = layers.Concatenate()([wide, layers.Dense(3, "tanh")(deep)])
    heads = [layers.Dense(1, name="first")(joined), layers.Dense(2, name="second")(joined)]
    model = Model([wide, deep], heads)
    model.compile("adam", "mse")
    return model


def rows(count, shape=(4,), seed=0):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(count, *shape)).astype("float32")
    flat = x.reshape(count, -1)
    return x, (flat[:, 0] > 0).astype("int64") + (flat[:, 1] > 0)


def frame_of(spark, x, y, partitions=3):
    data = [(a.tolist(), int(b)) for a, b in zip(x, y, strict=True)]
    depth = x.ndim - 1
    schema = f"features {'array<' * depth}float{'>' * depth}, label int"
    if is_remote():
        return spark.createDataFrame(data, schema)  # in as many partitions as Spark likes
    return spark.createDataFrame(spark.sparkContext.parallelize(data, partitions), schema)


COLUMNS = {"feature_cols": "features", "label_cols": "label"}


class Curve(callbacks.Callback):
    """Keeps the loss after every step."""

    def __init__(self):
        super().__init__()
        self.losses = []

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(logs["loss"])


def curve(model, data, *labels, **arguments):
    kept = Curve()
    more = arguments.pop("callbacks", [])
    history = model.fit(data, *labels, verbose=0, callbacks=[kept, *more], **arguments)
    return np.array(kept.losses), history.history
