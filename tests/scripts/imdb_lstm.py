"""A bidirectional LSTM that tells good reviews of films from bad ones."""

import json
import os
import re
from collections import Counter
from pathlib import Path

import keras
import pandas as pd
from keras import layers

keras.utils.set_random_seed(2)
DATA = Path(os.environ["BIGDL_KERAS_DATA"]) / "datasets" / "text"
WORDS, LENGTH = 4000, 60


def tokens(text):
    return re.findall(r"[a-z']+", text.lower())


train = pd.read_parquet(DATA / "imdb_train_5k.parquet").sample(4000, random_state=0)
test = pd.read_parquet(DATA / "imdb_test_2k.parquet").sample(1000, random_state=0)

counts = Counter(word for text in train["text"] for word in tokens(text))
# 0 is padding, 1 stands for words that are not in the vocabulary.
index = {word: i for i, (word, _) in enumerate(counts.most_common(WORDS - 2), start=2)}


def encode(texts):
    sequences = [[index.get(word, 1) for word in tokens(text)] for text in texts]
    return keras.utils.pad_sequences(sequences, maxlen=LENGTH)


x_train, y_train = encode(train["text"]), train["label"].to_numpy()
x_test, y_test = encode(test["text"]), test["label"].to_numpy()

inputs = keras.Input(shape=(None,), dtype="int32")
x = layers.Embedding(WORDS, 32, mask_zero=True)(inputs)
x = layers.Bidirectional(layers.LSTM(16))(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs, outputs)

model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=50, epochs=3, validation_data=(x_test, y_test), verbose=2)

scores = model.evaluate(x_test, y_test, batch_size=500, verbose=0, return_dict=True)
print(json.dumps({"accuracy": scores["accuracy"]}))
