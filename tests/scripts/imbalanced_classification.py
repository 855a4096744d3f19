"""Fraud among card payments: rare, so its rows weigh more."""

import json
import os
from pathlib import Path

import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(15)
DATA = Path(os.environ["BIGDL_KERAS_DATA"]) / "datasets" / "tabular"

payments = pd.read_parquet(DATA / "creditcard_fraud_6k.parquet").sample(frac=1, random_state=0)
fraud = payments["Class"].to_numpy("uint8")
features = payments.drop(columns=["Time", "Class", "sample"]).to_numpy("float32")
split = 4800
mean, deviation = features[:split].mean(0), features[:split].std(0)
features = (features - mean) / deviation

counts = np.bincount(fraud[:split])
weights = {0: 1.0 / counts[0], 1: 1.0 / counts[1]}

model = keras.Sequential(
    [
        keras.Input(shape=features.shape[1:]),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(1e-2),
    loss="binary_crossentropy",
    metrics=[
        keras.metrics.FalseNegatives(name="fn"),
        keras.metrics.FalsePositives(name="fp"),
        keras.metrics.Precision(name="precision"),
        keras.metrics.Recall(name="recall"),
        keras.metrics.AUC(curve="PR", name="auc_pr"),
    ],
)
model.fit(
    features[:split],
    fraud[:split],
    batch_size=200,
    epochs=8,
    verbose=2,
    class_weight=weights,
)
scores = model.evaluate(
    features[split:], fraud[split:], batch_size=531, verbose=0, return_dict=True
)
print(json.dumps({**scores, "frauds": int(fraud[split:].sum())}))
