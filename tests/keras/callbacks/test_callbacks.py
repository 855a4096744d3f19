"""Callbacks: the order of their calls and what they do, against stock Keras."""

import http.server
import json
import threading
import types
import urllib.parse

import keras
import numpy as np
import pytest

import bigdl_keras

RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 3)).astype("float32")
Y = (X @ np.ones((3, 1))).astype("float32")


def regressor(lib):
    model = lib.Sequential([lib.layers.Input((3,)), lib.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    return model


def test_steps_between_calls():
    model = regressor(bigdl_keras)
    model.compile("sgd", "mse", steps_per_execution=2)
    batches = []
    show = bigdl_keras.callbacks.LambdaCallback(
        on_train_batch_begin=lambda batch, logs: batches.append(("begin", batch)),
        on_train_batch_end=lambda batch, logs: batches.append(("end", batch)),
    )
    model.fit(X, Y, batch_size=4, callbacks=show, verbose=0)
    assert batches == [("begin", 0), ("end", 1), ("begin", 2), ("end", 3), ("begin", 4), ("end", 4)]


class Model:
    """What watching callbacks use of a model."""

    def __init__(self, lib):
        self.stop_training = False
        self.weights_set = None
        self.metrics = []
        self.optimizer = lib.optimizers.SGD(1.0)
        self._epoch = 0

    def get_weights(self):
        return [self._epoch]

    def set_weights(self, weights):
        self.weights_set = weights


def drive(lib, callback, values, monitor="val_loss"):
    """Epochs with these values of the watched log; what the callback did."""
    model = Model(lib)
    callback.set_model(model)
    callback.on_train_begin()
    done = []
    for epoch, value in enumerate(values):
        model._epoch = epoch
        callback.on_epoch_begin(epoch)
        logs = {monitor: value, "loss": 1.0}
        callback.on_epoch_end(epoch, logs)
        done.append((round(float(np.asarray(model.optimizer.learning_rate)), 6), sorted(logs)))
        if model.stop_training:
            break
    callback.on_train_end()
    return done, model.weights_set


VALUES = [5.0, 4.0, 4.5, 4.4, 3.9, 3.95, 3.95, 3.9, 4.0, 4.1, 4.2]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("EarlyStopping", {}),
        ("EarlyStopping", {"patience": 2}),
        ("EarlyStopping", {"patience": 2, "restore_best_weights": True}),
        ("EarlyStopping", {"patience": 1, "min_delta": 0.5, "start_from_epoch": 2}),
        ("EarlyStopping", {"patience": 3, "baseline": 3.0}),
        ("EarlyStopping", {"patience": 1, "mode": "max", "restore_best_weights": True}),
        ("EarlyStopping", {"patience": 2, "baseline": 4.2, "restore_best_weights": True}),
        ("EarlyStopping", {"patience": 20, "restore_best_weights": True}),
        ("EarlyStopping", {"start_from_epoch": 20}),
        ("EarlyStopping", {"min_delta": -1.0, "patience": 1}),
        ("ReduceLROnPlateau", {"patience": 2, "factor": 0.5}),
        ("ReduceLROnPlateau", {"patience": 0, "min_delta": 1.0, "cooldown": 1}),
        ("ReduceLROnPlateau", {"patience": 1, "min_lr": 0.5}),
        ("ReduceLROnPlateau", {"patience": 1, "cooldown": 2, "min_lr": 0.05, "mode": "max"}),
        ("LearningRateScheduler", {"schedule": lambda epoch, rate: rate * 0.5}),
        ("LearningRateScheduler", {"schedule": lambda epoch: 1.0 / (epoch + 1)}),
    ],
)
def test_watching(name, arguments):
    found = drive(bigdl_keras, getattr(bigdl_keras.callbacks, name)(**arguments), VALUES)
    assert found == drive(keras, getattr(keras.callbacks, name)(**arguments), VALUES)


def test_the_metric_tells_what_is_better():
    model = regressor(bigdl_keras)
    model.compile("sgd", "mse", metrics=["mae", "cosine_similarity", "r2_score"])
    model.fit(X, Y, verbose=0)
    for monitor, upward in {"val_mae": False, "cosine_similarity": True, "r2_score": True}.items():
        callback = bigdl_keras.callbacks.EarlyStopping(monitor)
        callback.set_model(model)
        assert callback._is_improvement(2.0, 1.0) is upward
    callback = bigdl_keras.callbacks.EarlyStopping("speed")
    callback.set_model(model)
    with pytest.raises(ValueError, match="speed"):
        callback._is_improvement(1.0, 2.0)


def test_a_missing_value_is_told():
    with pytest.warns(UserWarning, match="'val_loss', which is not among the logs"):
        bigdl_keras.callbacks.EarlyStopping().on_epoch_end(0, {"loss": 1.0})


@pytest.mark.parametrize("separator", [",", ";"])
def test_csv_logger(tmp_path, separator):
    texts = []
    for lib in (keras, bigdl_keras):
        path = tmp_path / f"{lib.__name__}.csv"
        for append in (False, True):
            callback = lib.callbacks.CSVLogger(str(path), separator=separator, append=append)
            callback.on_train_begin()
            for epoch in range(2):
                callback.on_epoch_end(epoch, {"loss": 0.5 + epoch, "f1": [0.1, 0.2]})
            callback.on_train_end()
        texts.append(path.read_text().replace("\r\n", "\n"))
    assert texts[1] == texts[0]


def test_checkpoints_of_the_best_epochs(tmp_path):
    model = regressor(bigdl_keras)
    saving = bigdl_keras.callbacks.ModelCheckpoint(
        tmp_path / "deep" / "{epoch}-{loss:.0f}.weights.h5",
        monitor="loss",
        save_best_only=True,
        save_weights_only=True,
    )
    saving.set_model(model)
    for epoch, loss in enumerate([3.0, 4.0, 2.0]):
        saving.on_epoch_begin(epoch)
        saving.on_epoch_end(epoch, {"loss": loss})
    names = sorted(path.name for path in (tmp_path / "deep").iterdir())
    assert names == ["1-3.weights.h5", "3-2.weights.h5"]


def test_checkpoints_of_whole_models(tmp_path):
    model = regressor(bigdl_keras)
    path = tmp_path / "model.keras"
    every = bigdl_keras.callbacks.ModelCheckpoint(path, save_freq=3)
    model.fit(X, Y, batch_size=4, epochs=2, callbacks=[every], verbose=0)
    again = bigdl_keras.saving.load_model(path)
    assert again.predict(X, verbose=0).shape == (20, 1)
    assert int(again.optimizer.iterations) == 9


LOGS = [
    {"loss": 3.0, "val_loss": 5.0},
    {"loss": 2.0, "val_loss": 4.0},
    {"loss": 1.0, "val_loss": 4.5},
    {"loss": 0.5, "val_loss": 3.0},
]


@pytest.mark.parametrize(
    "arguments",
    [
        {"filepath": "{epoch:02d}-{val_loss:.2f}.keras"},
        {"filepath": "{epoch}.weights.h5", "save_weights_only": True},
        {"filepath": "best-{epoch}.keras", "save_best_only": True},
        {"filepath": "{epoch}.keras", "save_best_only": True, "mode": "max"},
        {"filepath": "{epoch}.keras", "save_best_only": True, "monitor": "loss"},
        {"filepath": "{epoch}.keras", "save_best_only": True, "initial_value_threshold": 4.2},
        {"filepath": "{epoch}-{batch}.keras", "save_freq": 3},
        {"filepath": "sub/{epoch}-{batch:03d}-{loss:.1f}.keras", "save_freq": 2},
        {"filepath": "missing-{epoch}.keras", "save_best_only": True, "monitor": "accuracy"},
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:.*(only with|not among)")
def test_checkpoint_files(tmp_path, arguments):
    """The same files in the same order, for four epochs of four batches."""
    seen = {}
    for lib in (keras, bigdl_keras):
        saved = []

        class Saved:
            metrics = ()

            def save(self, path, overwrite=True, saved=saved):
                saved.append("model")
                open(path, "w").close()

            def save_weights(self, path, overwrite=True, saved=saved):
                saved.append("weights")
                open(path, "w").close()

        folder = tmp_path / lib.__name__
        path = str(folder / arguments["filepath"])
        if arguments.get("monitor") == "accuracy":
            arguments = {**arguments, "mode": "max"}
        saving = lib.callbacks.ModelCheckpoint(**{**arguments, "filepath": path})
        saving.set_model(Saved())
        for epoch, logs in enumerate(LOGS):
            saving.on_epoch_begin(epoch)
            for batch in range(4):
                saving.on_train_batch_end(batch, {"loss": logs["loss"]})
            saving.on_epoch_end(epoch, dict(logs))
        files = sorted(str(file.relative_to(folder)) for file in folder.rglob("*.*"))
        seen[lib] = (files, saved, saving.best)
    assert seen[bigdl_keras] == seen[keras]
    assert seen[keras][0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filepath": "m.h5"}, "'.keras'"),
        ({"filepath": "m.keras", "save_weights_only": True}, "'.weights.h5'"),
        ({"filepath": "m.keras", "save_freq": "batch"}, "save_freq"),
    ],
)
def test_checkpoint_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        bigdl_keras.callbacks.ModelCheckpoint(**arguments)


def test_a_failed_save_leaves_the_old_file(tmp_path):
    from bigdl_keras.saving.places import write_atomically

    path = tmp_path / "model.keras"
    path.write_text("old")

    def fail(name):
        with open(name, "w") as file:
            file.write("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, fail)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["model.keras"]
    with pytest.raises(IsADirectoryError):
        write_atomically(tmp_path, fail)


def test_backup_goes_on_where_training_was_interrupted(tmp_path):
    class Interrupt(bigdl_keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    def model():
        bigdl_keras.utils.set_random_seed(4)
        return regressor(bigdl_keras)

    arguments = {"epochs": 4, "shuffle": False, "verbose": 0, "batch_size": 8}
    whole = model()
    expected = whole.fit(X, Y, **arguments).history["loss"]
    first = model()
    backup = bigdl_keras.callbacks.BackupAndRestore(tmp_path / "backup", double_checkpoint=True)
    with pytest.raises(KeyboardInterrupt):
        first.fit(X, Y, callbacks=[backup, Interrupt()], **arguments)
    assert json.loads((tmp_path / "backup" / "training_metadata.json").read_text())["epoch"] == 2
    second = model()
    restore = bigdl_keras.callbacks.BackupAndRestore(tmp_path / "backup")
    history = second.fit(X, Y, callbacks=[restore], **arguments)
    assert history.epoch == [2, 3]
    np.testing.assert_allclose(history.history["loss"], expected[2:], rtol=1e-6)
    assert not (tmp_path / "backup").exists()


def test_a_damaged_backup_is_not_used(tmp_path):
    """The backup before it is, if it was kept; else training does not begin."""
    folder = tmp_path / "backup"
    arguments = {"shuffle": False, "verbose": 0, "batch_size": 8}

    def backup():
        return bigdl_keras.callbacks.BackupAndRestore(
            folder, double_checkpoint=True, delete_checkpoint=False
        )

    regressor(bigdl_keras).fit(X, Y, epochs=3, callbacks=[backup()], **arguments)
    latest = folder / "latest.weights.h5"
    latest.write_bytes(latest.read_bytes()[:-5])
    model = regressor(bigdl_keras)
    with pytest.warns(UserWarning, match=r"before the last: .*latest.weights.h5.*truncated"):
        history = model.fit(X, Y, epochs=3, callbacks=[backup()], **arguments)
    assert history.epoch == [2]
    assert int(model.optimizer.iterations) == 9
    latest.write_bytes(b"")
    (folder / "latest.weights.h5.bkp").unlink()
    with pytest.raises(ValueError, match=r"latest.weights.h5.*truncated"):
        regressor(bigdl_keras).fit(X, Y, epochs=3, callbacks=[backup()], **arguments)


def test_a_backup_has_the_random_states(tmp_path):
    def fit(seed, epochs, callbacks=()):
        bigdl_keras.utils.set_random_seed(seed)
        layers = [bigdl_keras.layers.Dense(5), bigdl_keras.layers.Dropout(0.5)]
        model = bigdl_keras.Sequential([bigdl_keras.Input((3,)), *layers])
        model.compile("sgd", "mse")
        arguments = {"shuffle": False, "verbose": 0, "batch_size": 8, "callbacks": callbacks}
        return model, model.fit(X, Y, epochs=epochs, **arguments).history["loss"]

    def backup(**arguments):
        return bigdl_keras.callbacks.BackupAndRestore(tmp_path / "backup", **arguments)

    whole, losses = fit(1, 3)
    fit(1, 2, [backup(delete_checkpoint=False)])
    model, again = fit(2, 3, [backup(delete_checkpoint=False)])
    assert again == losses[2:]
    for ours, wanted in zip(model.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, wanted)
    other = regressor(bigdl_keras)
    with pytest.raises(ValueError, match="backup of another model"):
        other.fit(X, Y, epochs=3, verbose=0, callbacks=[backup()])


def test_a_backup_of_keras_is_gone_on_from(tmp_path):
    def fit(lib, epochs, **arguments):
        model = regressor(lib)
        callback = lib.callbacks.BackupAndRestore(str(tmp_path / "backup"), **arguments)
        history = model.fit(X, Y, epochs=epochs, batch_size=8, verbose=0, callbacks=[callback])
        return model, history.epoch

    theirs, _ = fit(keras, 2, delete_checkpoint=False)
    model, epochs = fit(bigdl_keras, 2, delete_checkpoint=False)
    assert epochs == []
    assert int(model.optimizer.iterations) == 6
    for ours, wanted in zip(model.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, wanted)
    fit(bigdl_keras, 4, delete_checkpoint=False)
    assert fit(keras, 5)[1] == [4]


@pytest.mark.parametrize("raise_error", [False, True])
def test_terminate_on_nan(raise_error):
    callback = bigdl_keras.callbacks.TerminateOnNaN(raise_error)
    model = types.SimpleNamespace(stop_training=False)
    callback.set_model(model)
    callback.on_batch_end(0, {"loss": 1.0})
    assert not model.stop_training
    if raise_error:
        with pytest.raises(RuntimeError, match="batch 1"):
            callback.on_batch_end(1, {"loss": float("nan")})
    else:
        callback.on_batch_end(1, {"loss": float("inf")})
        assert model.stop_training


def test_stopping_within_an_epoch():
    model = regressor(bigdl_keras)

    def stop(batch, logs):
        model.stop_training = batch == 1

    callback = bigdl_keras.callbacks.LambdaCallback(on_train_batch_end=stop)
    history = model.fit(X, Y, batch_size=4, epochs=5, callbacks=[callback], verbose=0)
    assert history.epoch == [0]
    assert int(model.optimizer.iterations) == 2


def test_unknown_modes_are_told():
    with pytest.warns(UserWarning, match="'upward'"):
        callback = bigdl_keras.callbacks.EarlyStopping(mode="upward")
    assert callback.mode == "auto"
    with pytest.warns(UserWarning, match="epsilon"):
        bigdl_keras.callbacks.ReduceLROnPlateau(epsilon=1e-3)


def test_every_optimizer_of_several_has_a_rate():
    first, second = (
        bigdl_keras.optimizers.SGD(1.0, name="a"),
        bigdl_keras.optimizers.Adam(0.5, name="b"),
    )
    model = types.SimpleNamespace(optimizer=types.SimpleNamespace(optimizers=[first, second]))
    logs = {"loss": 1.0}
    for callback in (
        bigdl_keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2),
        bigdl_keras.callbacks.ReduceLROnPlateau("loss", patience=0, mode="min"),
    ):
        callback.set_model(model)
        callback.on_train_begin()
        callback.on_epoch_begin(0)
        callback.on_epoch_end(0, logs)
        callback.on_epoch_end(1, logs)
    assert logs == {"loss": 1.0, "learning_rate_a": 0.5, "learning_rate_b": 0.25}
    assert float(first.learning_rate) == pytest.approx(0.05)
    assert float(second.learning_rate) == pytest.approx(0.025)


def test_orbax_is_told_what_to_use_instead():
    with pytest.raises(ImportError, match="ModelCheckpoint"):
        bigdl_keras.callbacks.OrbaxCheckpoint("folder")


def test_functions_of_events_by_position():
    names = []
    callback = bigdl_keras.callbacks.LambdaCallback(
        lambda epoch, logs: names.append("begin"), lambda epoch, logs: names.append("end")
    )
    callback.on_epoch_begin(0, {})
    callback.on_epoch_end(0, {})
    assert names == ["begin", "end"]


def test_unknown_events_are_refused():
    with pytest.raises(ValueError, match="on_epoch_stop"):
        bigdl_keras.callbacks.LambdaCallback(on_epoch_stop=print)


def test_swapped_averages_for_evaluation():
    model = regressor(bigdl_keras)
    model.compile(bigdl_keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9), "mse")
    swap = bigdl_keras.callbacks.SwapEMAWeights()
    values = []

    class Watch(bigdl_keras.callbacks.Callback):
        def on_test_begin(self, logs=None):
            values.append((model.get_weights()[0].copy(), model.optimizer._averages[0].numpy()))

    model.fit(
        X, Y, batch_size=4, validation_data=(X, Y), callbacks=[Watch(), swap, Watch()], verbose=0
    )
    (weights, averages), (evaluated, kept) = values
    np.testing.assert_array_equal(evaluated, averages)
    np.testing.assert_array_equal(kept, weights)
    assert not np.array_equal(weights, averages)


@pytest.fixture
def server():
    """A server on a free port, and the requests that it got."""
    requests = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            requests.append((self.path, self.headers["Content-Type"], self.headers["Key"], body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    found = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=found.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{found.server_port}", requests
    found.shutdown()
    thread.join()
    found.server_close()


def test_remote_monitor_posts_the_logs(server):
    root, requests = server
    logs = {"loss": 0.5}
    bigdl_keras.callbacks.RemoteMonitor(root, path="/a/", field="text").on_epoch_end(1, logs)
    bigdl_keras.callbacks.RemoteMonitor(root, headers={"Key": "k"}, send_as_json=True).on_epoch_end(
        2, logs
    )
    form, text = requests
    assert form[:3] == ("/a/", "application/x-www-form-urlencoded", None)
    assert json.loads(urllib.parse.parse_qs(form[3])["text"][0]) == {"epoch": 1, "loss": 0.5}
    assert text[:3] == ("/publish/epoch/end/", "application/json", "k")
    assert json.loads(text[3]) == {"epoch": 2, "loss": 0.5}


def test_remote_monitor_warns_when_nobody_listens():
    callback = bigdl_keras.callbacks.RemoteMonitor(root="http://127.0.0.1:9")
    with pytest.warns(UserWarning, match="cannot reach"):
        callback.on_epoch_end(0, {"loss": 1.0})


@pytest.mark.parametrize("verbose", [0, 1, 2])
def test_progress_shows_epochs_and_metrics(capsys, verbose):
    model = regressor(bigdl_keras)
    model.fit(X, Y, batch_size=4, epochs=2, verbose=verbose)
    shown = capsys.readouterr().out
    if verbose == 0:
        assert shown == ""
    else:
        assert "Epoch 2/2" in shown
        assert "5/5" in shown
        assert "loss:" in shown
        assert "mae:" in shown
