"""Odd days among taxi rides: what an autoencoder of ordinary days cannot reconstruct."""

import json
import os
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(14)
DATA = Path(os.environ["BIGDL_KERAS_DATA"]) / "datasets" / "timeseries"
DAY = 48

rides = pd.read_parquet(DATA / "nyc_taxi_30min.parquet")
values = rides["value"].to_numpy("float32")
values = (values - values.mean()) / values.std()
starts = np.arange(0, len(values) - DAY, 4)
windows = np.stack([values[s : s + DAY, None] for s in starts])
odd = np.array([rides["anomaly_window"][s : s + DAY].any() for s in starts])
ordinary = windows[~odd][: (~odd).sum() // 100 * 100]

model = keras.Sequential(
    [
        layers.Input(shape=(DAY, 1)),
        layers.Conv1D(16, 7, padding="same", strides=2, activation="relu"),
        layers.Conv1D(4, 7, padding="same", strides=2, activation="relu"),
        layers.Conv1DTranspose(4, 7, padding="same", strides=2, activation="relu"),
        layers.Conv1DTranspose(16, 7, padding="same", strides=2, activation="relu"),
        layers.Conv1DTranspose(1, 7, padding="same"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.004), loss="mse")
history = model.fit(
    ordinary,
    ordinary,
    epochs=6,
    batch_size=100,
    shuffle=False,
    callbacks=[keras.callbacks.EarlyStopping(monitor="loss", patience=3)],
    verbose=2,
).history

error = np.abs(model.predict(windows, batch_size=500, verbose=0) - windows).mean(axis=(1, 2))
worst = np.argsort(error)[-50:]
print(
    json.dumps(
        {
            "losses": history["loss"],
            "odd_among_worst": float(odd[worst].mean()),
            "odd": float(odd.mean()),
        }
    )
)
