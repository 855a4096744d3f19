"""Films for people: vectors of users and films whose product tells a rating."""

import json
import os
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from keras import layers, ops

keras.utils.set_random_seed(12)
DATA = Path(os.environ["BIGDL_KERAS_DATA"]) / "datasets" / "movielens_small"

ratings = pd.read_parquet(DATA / "ratings.parquet").sample(40000, random_state=0)
users, user = np.unique(ratings["userId"].to_numpy(), return_inverse=True)
films, film = np.unique(ratings["Id"].to_numpy(), return_inverse=True)
x = np.stack([user, film], axis=1).astype("int32")
low, high = ratings["rating"].min(), ratings["rating"].max()
y = ((ratings["rating"] - low) / (high - low)).to_numpy("float32")


class Recommender(keras.Model):
    def __init__(self, users, films, size, **kwargs):
        super().__init__(**kwargs)
        options = {
            "embeddings_initializer": "he_normal",
            "embeddings_regularizer": keras.regularizers.l2(1e-6),
        }
        self.user_vector = layers.Embedding(users, size, **options)
        self.user_bias = layers.Embedding(users, 1)
        self.film_vector = layers.Embedding(films, size, **options)
        self.film_bias = layers.Embedding(films, 1)

    def call(self, inputs):
        user, film = inputs[:, 0], inputs[:, 1]
        product = ops.sum(self.user_vector(user) * self.film_vector(film), axis=1, keepdims=True)
        return ops.nn.sigmoid(product + self.user_bias(user) + self.film_bias(film))


model = Recommender(len(users), len(films), size=16)
model.compile(
    loss=keras.losses.BinaryCrossentropy(),
    optimizer=keras.optimizers.Adam(learning_rate=0.004),
    metrics=["mae", keras.metrics.RootMeanSquaredError(name="rmse")],
)
history = model.fit(
    x[:36000],
    y[:36000],
    batch_size=200,
    epochs=3,
    shuffle=False,
    validation_data=(x[36000:], y[36000:]),
    validation_batch_size=500,
    verbose=2,
).history

unseen = np.setdiff1d(np.arange(len(films)), film[user == 0])
scores = model.predict(np.stack([np.zeros_like(unseen), unseen], 1), batch_size=500, verbose=0)
best = unseen[np.argsort(scores[:, 0])[-10:]]
print(
    json.dumps(
        {
            "losses": history["loss"],
            "rmse": history["val_rmse"][-1],
            "deviation": float(y[36000:].std()),
            "recommended": len(best),
        }
    )
)
