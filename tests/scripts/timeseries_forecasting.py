"""The oil temperature of a transformer six hours ahead, from a dataset class and an LSTM."""

import json
import os
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(10)
DATA = Path(os.environ["BIGDL_KERAS_DATA"]) / "datasets" / "timeseries"
PAST, AHEAD, STRIDE, BATCH = 48, 6, 2, 100

table = pd.read_parquet(DATA / "ETTh1.parquet").drop(columns="date").to_numpy("float32")[:8000]
border = 6000
mean, deviation = table[:border].mean(0), table[:border].std(0)
table = (table - mean) / deviation


class Windows(keras.utils.PyDataset):
    """Batches of (past hours, temperature to come)."""

    def __init__(self, values, step, **kwargs):
        super().__init__(**kwargs)
        self.values = values
        self.starts = np.arange(0, len(values) - PAST - AHEAD, step)
        self.starts = self.starts[: len(self.starts) // BATCH * BATCH]

    def __len__(self):
        return len(self.starts) // BATCH

    def __getitem__(self, number):
        starts = self.starts[number * BATCH : (number + 1) * BATCH]
        windows = self.values[starts[:, None] + np.arange(0, PAST, STRIDE)]
        return windows, self.values[starts + PAST + AHEAD - 1, -1:]


train, validation = Windows(table[:border], 2), Windows(table[border:], 2)

inputs = layers.Input(shape=(PAST // STRIDE, table.shape[1]))
outputs = layers.Dense(1)(layers.LSTM(24)(inputs))
model = keras.Model(inputs=inputs, outputs=outputs)
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.005), loss="mse", metrics=["mae"])
history = model.fit(
    train,
    epochs=8,
    shuffle=False,
    validation_data=validation,
    callbacks=[keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=2)],
    verbose=2,
).history

targets = np.concatenate([validation[i][1] for i in range(len(validation))])
predicted = model.predict(validation, verbose=0)
print(
    json.dumps(
        {
            "losses": history["loss"],
            "mae": float(np.abs(predicted - targets).mean()),
            "mean_guess": float(np.abs(targets.mean() - targets).mean()),
        }
    )
)
