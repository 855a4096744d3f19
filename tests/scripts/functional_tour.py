"""The functional API: two inputs, two outputs, shared layers, models in models, and files.

From a day of weather in Beijing: how much fine dust is in the air the next hour, and where does the wind come from?
"""

import json
import os
import tempfile
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(7)
DATA = Path(os.environ["BIGDL_KERAS_DATA"]) / "datasets" / "timeseries"
HOURS, ROWS = 24, 4000

air = pd.read_parquet(DATA / "beijing_pm25_hourly.parquet")
air["pm2.5"] = air["pm2.5"].ffill().fillna(0.0)
measured = air[["pm2.5", "DEWP", "TEMP", "PRES", "Iws"]].to_numpy("float32")
measured = (measured - measured.mean(0)) / measured.std(0)
wind = pd.Categorical(air["cbwd"]).codes.astype("int32")

starts = np.random.default_rng(0).permutation(len(air) - HOURS)[:ROWS]
x = {
    "history": np.stack([measured[s : s + HOURS] for s in starts]),
    "calendar": air[["month", "hour"]].to_numpy("int32")[starts + HOURS],
}
y = {"dust": measured[starts + HOURS, :1], "wind": wind[starts + HOURS]}
train = ({k: v[:3200] for k, v in x.items()}, {k: v[:3200] for k, v in y.items()})
test = ({k: v[3200:] for k, v in x.items()}, {k: v[3200:] for k, v in y.items()})


def make_reader():
    """A model that is used twice: on the whole history and on its second half."""
    series = keras.Input((None, measured.shape[1]))
    h = layers.Conv1D(16, 3, padding="causal", activation="relu")(series)
    residual = layers.Conv1D(16, 1)(series)
    h = layers.add([layers.Conv1D(16, 3, padding="causal", activation="relu")(h), residual])
    return keras.Model(series, layers.GlobalAveragePooling1D()(h), name="reader")


history = keras.Input((HOURS, measured.shape[1]), name="history")
calendar = keras.Input((2,), dtype="int32", name="calendar")
reader = make_reader()
when = layers.Flatten()(layers.Embedding(25, 4)(calendar))
recent = reader(history[:, HOURS // 2 :, :])
h = layers.concatenate([reader(history), recent, history[:, -1, :], when])
h = layers.Dense(32, activation="relu")(h)
model = keras.Model(
    inputs={"history": history, "calendar": calendar},
    outputs={
        "dust": layers.Dense(1, name="dust")(h),
        "wind": layers.Dense(4, activation="softmax", name="wind")(h),
    },
)
model.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    loss={"dust": "mse", "wind": "sparse_categorical_crossentropy"},
    loss_weights={"dust": 1.0, "wind": 0.5},
    metrics={"dust": ["mae"], "wind": ["accuracy"]},
)
fitted = model.fit(*train, batch_size=80, epochs=4, shuffle=False, verbose=2)
scores = model.evaluate(*test, batch_size=400, verbose=0, return_dict=True)

with tempfile.TemporaryDirectory() as folder:
    model.save(Path(folder) / "tour.keras")
    loaded = keras.models.load_model(Path(folder) / "tour.keras")
expected = model.predict(test[0], batch_size=400, verbose=0)
found = loaded.predict(test[0], batch_size=400, verbose=0)
difference = max(float(np.abs(expected[k] - found[k]).max()) for k in expected)

hidden = keras.Model(model.input, h)
print(
    json.dumps(
        {
            "losses": fitted.history["loss"],
            "dust_mae": scores["dust_mae"],
            "wind_accuracy": scores["wind_accuracy"],
            "logs": sorted(scores),
            "layers": [type(layer).__name__ for layer in model.layers],
            "file_difference": difference,
            "hidden": list(hidden.predict(test[0], verbose=0).shape),
        }
    )
)
