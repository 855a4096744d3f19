"""Who earns more than 50K? A linear model on categories joined with a network on numbers."""

import json
import os
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from keras import layers, ops

keras.utils.set_random_seed(11)
DATA = Path(os.environ["BIGDL_KERAS_DATA"]) / "datasets" / "tabular"
NUMBERS = ["age", "education_num", "capital_gain", "capital_loss", "hours_per_week"]
CATEGORIES = ["workclass", "education", "marital_status", "occupation", "relationship", "sex"]

train = pd.read_parquet(DATA / "uci_adult_train.parquet")[:12000]
test = pd.read_parquet(DATA / "uci_adult_test.parquet")[:4000]
vocabulary = {name: sorted(train[name].unique()) for name in CATEGORIES}


def features(table):
    codes = {
        name: pd.Categorical(table[name], categories=vocabulary[name]).codes.astype("int32") + 1
        for name in CATEGORIES
    }
    numbers = np.log1p(table[NUMBERS].to_numpy("float32"))
    richer = table["income"].str.contains(">50K").to_numpy("float32")
    return {**codes, "numbers": numbers}, richer


x_train, y_train = features(train)
x_test, y_test = features(test)

inputs = {name: keras.Input((), dtype="int32", name=name) for name in CATEGORIES}
inputs["numbers"] = keras.Input((len(NUMBERS),), name="numbers")

normalization = layers.Normalization()
normalization.adapt(x_train["numbers"])

one_hot = [ops.one_hot(inputs[name], len(vocabulary[name]) + 1) for name in CATEGORIES]
wide = layers.BatchNormalization()(layers.concatenate(one_hot))
deep = [layers.Embedding(len(vocabulary[name]) + 1, 4)(inputs[name]) for name in CATEGORIES]
deep = layers.concatenate([*deep, normalization(inputs["numbers"])])
for units in (32, 16):
    deep = layers.Dense(units)(deep)
    deep = layers.BatchNormalization()(deep)
    deep = layers.ReLU()(deep)
outputs = layers.Dense(1, activation="sigmoid")(layers.concatenate([wide, deep]))
model = keras.Model(inputs, outputs)

model.compile("adam", "binary_crossentropy", metrics=["accuracy", keras.metrics.AUC(name="auc")])
history = model.fit(x_train, y_train, batch_size=200, epochs=3, shuffle=False, verbose=2).history
scores = model.evaluate(x_test, y_test, batch_size=500, verbose=0, return_dict=True)
print(
    json.dumps(
        {
            "losses": history["loss"],
            "accuracy": scores["accuracy"],
            "auc": scores["auc"],
            "poorer": float(1 - y_test.mean()),
        }
    )
)
