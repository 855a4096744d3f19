"""Callbacks of one's own: a diary, a learning rate by epoch, and stopping at the lowest loss."""

import json
import os
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(9)
DATA = Path(os.environ["BIGDL_KERAS_DATA"]) / "datasets" / "tabular"


class Diary(keras.callbacks.Callback):
    """Notes what happens, in order."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def on_train_begin(self, logs=None):
        self.lines.append(f"begin {self.params['epochs']} epochs of {self.params['steps']} steps")

    def on_epoch_begin(self, epoch, logs=None):
        self.lines.append(f"epoch {epoch}")

    def on_train_batch_end(self, batch, logs=None):
        if batch % 20 == 0:
            self.lines.append(f"batch {batch}: {sorted(logs)}")

    def on_test_begin(self, logs=None):
        self.lines.append("validation")

    def on_epoch_end(self, epoch, logs=None):
        self.lines.append(f"end {epoch}: {sorted(logs)}")

    def on_train_end(self, logs=None):
        self.lines.append(f"end: {sorted(logs)}")


class RateByEpoch(keras.callbacks.Callback):
    """Sets the learning rate from a table."""

    def __init__(self, table):
        super().__init__()
        self.table, self.rates = table, []

    def on_epoch_begin(self, epoch, logs=None):
        rate = float(self.model.optimizer.learning_rate)
        self.model.optimizer.learning_rate = self.table.get(epoch, rate)

    def on_epoch_end(self, epoch, logs=None):
        self.rates.append(round(float(self.model.optimizer.learning_rate), 6))


class StopAtLowest(keras.callbacks.Callback):
    """Ends training when the loss of the validation rises, with the weights from before."""

    def __init__(self, patience=0):
        super().__init__()
        self.patience = patience

    def on_train_begin(self, logs=None):
        self.best, self.best_weights, self.waited, self.stopped = np.inf, None, 0, None

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_loss"] < self.best:
            self.best, self.best_weights, self.waited = (
                logs["val_loss"],
                self.model.get_weights(),
                0,
            )
            return
        self.waited += 1
        if self.waited > self.patience:
            self.stopped = epoch
            self.model.stop_training = True
            self.model.set_weights(self.best_weights)


clients = pd.read_parquet(DATA / "uci_credit_default_30k.parquet").sample(6000, random_state=0)
y = clients.pop("default.payment.next.month").to_numpy()
x = clients.drop(columns="ID").to_numpy("float32")
x = (x - x.mean(0)) / x.std(0)

model = keras.Sequential([layers.Input((x.shape[1],)), layers.Dense(24, "tanh"), layers.Dense(1)])
model.compile(
    keras.optimizers.SGD(0.05),
    keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.AUC(from_logits=True, name="auc")],
)
diary, rates, stop = Diary(), RateByEpoch({2: 0.2, 4: 4.0}), StopAtLowest()
history = model.fit(
    x[:5000],
    y[:5000],
    batch_size=100,
    epochs=20,
    shuffle=False,
    validation_data=(x[5000:], y[5000:]),
    validation_batch_size=500,
    callbacks=[diary, rates, stop],
    verbose=0,
).history
scores = model.evaluate(x[5000:], y[5000:], batch_size=500, verbose=0, return_dict=True)
print(
    json.dumps(
        {
            "auc": scores["auc"],
            "best_loss_again": abs(scores["loss"] - float(stop.best)),
            "losses": history["loss"][:4],
            "stopped": stop.stopped,
            "rates": rates.rates,
            "diary": diary.lines,
        }
    )
)
