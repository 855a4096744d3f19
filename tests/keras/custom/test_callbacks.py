"""Callbacks of one's own."""

import numpy as np
import pytest

from tests.keras.custom.in_both import LIBRARIES, numbers, same_in_both, with_known_weights

X = numbers(6, 3)
Y = numbers(6, 2)


def model_of(keras):
    model = with_known_weights(keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]))
    model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
    return model


def diary(keras):
    class Diary(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.lines = []

        def set_params(self, params):
            super().set_params(params)
            self.lines.append(["params", dict(sorted(params.items()))])

    def note(name):
        def method(self, *args, **kwargs):
            logs = kwargs.get("logs", args[-1] if args and isinstance(args[-1], dict) else None)
            number = args[0] if args and isinstance(args[0], int) else -1
            self.lines.append([name, number, sorted(logs or {})])

        return method

    for part in ("train", "test", "predict"):
        for end in ("begin", "end"):
            setattr(Diary, f"on_{part}_{end}", note(f"on_{part}_{end}"))
            setattr(Diary, f"on_{part}_batch_{end}", note(f"on_{part}_batch_{end}"))
    Diary.on_epoch_begin = note("on_epoch_begin")
    Diary.on_epoch_end = note("on_epoch_end")
    return Diary


@same_in_both
def test_the_order_of_calls(keras):
    model, book = model_of(keras), diary(keras)()
    model.fit(
        X, Y, batch_size=3, epochs=2, validation_data=(X[:3], Y[:3]), verbose=0, callbacks=[book]
    )
    model.evaluate(X, Y, batch_size=3, verbose=0, callbacks=[book])
    model.predict(X, batch_size=3, verbose=0, callbacks=[book])
    return book.lines


@same_in_both
def test_batch_methods_have_old_names(keras):
    class Old(keras.callbacks.Callback):
        seen = 0

        def on_batch_begin(self, batch, logs=None):
            Old.seen += 1

        def on_batch_end(self, batch, logs=None):
            Old.seen += 10

    model_of(keras).fit(X, Y, batch_size=3, verbose=0, callbacks=[Old()])
    return Old.seen


@same_in_both
def test_it_changes_training(keras):
    class Meddler(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.before = [w.copy() for w in self.model.get_weights()]

        def on_epoch_begin(self, epoch, logs=None):
            self.model.optimizer.learning_rate = 0.1 / (epoch + 1)
            if epoch == 2:
                self.model.set_weights(self.before)
            if epoch == 3:
                self.model.layers[0].bias.assign([1.0, -1.0])

        def on_epoch_end(self, epoch, logs=None):
            logs["rate"] = float(self.model.optimizer.learning_rate)
            if epoch == 4:
                self.model.stop_training = True

    model = model_of(keras)
    options = {"batch_size": 3, "epochs": 9, "shuffle": False, "verbose": 0}
    history = model.fit(X, Y, callbacks=[Meddler()], **options)
    return {"history": history.history, "epochs": history.epoch, "weights": model.get_weights()}


@same_in_both
def test_it_stops_within_an_epoch(keras):
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.last = [batch, sorted(logs)]
            if batch == 1:
                self.model.stop_training = True

    stop, model = Stop(), model_of(keras)
    history = model.fit(X, Y, batch_size=2, epochs=3, shuffle=False, verbose=0, callbacks=[stop])
    return {"last": stop.last, "epochs": history.epoch, "weights": model.get_weights()}


@same_in_both
def test_it_looks_at_the_model(keras):
    class Watch(keras.callbacks.Callback):
        def __init__(self, data):
            super().__init__()
            self.data, self.seen = data, []

        def on_epoch_end(self, epoch, logs=None):
            model = self.model
            scores = model.evaluate(self.data, Y[:3], batch_size=3, verbose=0)
            predicted = model.predict(self.data, batch_size=3, verbose=0)
            self.seen.append([scores, predicted, np.array(model(self.data))])

    watch = Watch(X[:3])
    history = model_of(keras).fit(
        X, Y, batch_size=3, epochs=2, shuffle=False, verbose=0, callbacks=[watch]
    )
    return {"seen": watch.seen, "history": history.history}


@same_in_both
def test_lambda_callbacks_and_lists(keras):
    lines = []
    simple = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: lines.append([epoch, logs["loss"]]),
        on_train_end=lambda logs: lines.append("end"),
    )
    model = model_of(keras)
    together = keras.callbacks.CallbackList([simple], model=model, add_history=True)
    model.fit(X, Y, batch_size=3, epochs=2, shuffle=False, verbose=0, callbacks=together)
    return lines


@LIBRARIES
def test_its_errors_reach_the_caller(library):
    class Broken(library.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        model_of(library).fit(X, Y, verbose=0, callbacks=[Broken()])
