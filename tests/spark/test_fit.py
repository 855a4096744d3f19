"""`fit` on Spark gives what `fit` on arrays gives, for any number of workers."""

import numpy as np
import pytest
from pyspark.sql import functions as F

from bigdl_keras import callbacks
from tests.spark.models import COLUMNS, cnn, curve, frame_of, mlp, rows, two_headed

pytestmark = pytest.mark.spark


def test_two_workers_give_the_curve_of_one_process(any_spark):
    x, y = rows(200)
    check_x, check_y = rows(33, seed=1)
    arguments = {"batch_size": 16, "epochs": 4, "shuffle": False}
    local = mlp()
    expected, history = curve(local, x, y, validation_data=(check_x, check_y), **arguments)
    model = mlp()
    frame, check = frame_of(any_spark, x, y), frame_of(any_spark, check_x, check_y)
    found, distributed = curve(
        model, frame, num_workers=2, validation_data=check, **arguments, **COLUMNS
    )
    assert len(found) == 52
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert list(distributed) == list(history)
    for name, values in history.items():
        np.testing.assert_allclose(distributed[name], values, rtol=1e-5)
    for ours, theirs in zip(model.get_weights(), local.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)
    assert int(model.optimizer.iterations) == 52


def test_convolutions_too(spark):
    x, y = rows(60, (6, 6, 1))
    arguments = {"batch_size": 10, "epochs": 2, "shuffle": False}
    expected, _ = curve(cnn(), x, y, **arguments)
    found, _ = curve(cnn(), frame_of(spark, x, y), num_workers=2, **arguments, **COLUMNS)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("any_spark", "most"), [("local", 3), ("connect", 2)], indirect=["any_spark"]
)
def test_shuffled_epochs_with_dropout_do_not_depend_on_the_number_of_workers(any_spark, most):
    frame = frame_of(any_spark, *rows(90))
    alone, *others = (
        curve(mlp(dropout=0.3), frame, num_workers=n, seed=5, batch_size=8, epochs=2, **COLUMNS)[0]
        for n in range(1, most + 1)
    )
    for together in others:
        np.testing.assert_allclose(together, alone, rtol=1e-4)


def test_empty_and_tiny_partitions(spark):
    x, y = rows(2)
    arguments = {"batch_size": 4, "epochs": 3, "shuffle": False}
    expected, _ = curve(mlp(), x, y, **arguments)
    frame = frame_of(spark, x, y, partitions=5)
    found, _ = curve(mlp(), frame, num_workers=3, **arguments, **COLUMNS)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_rdds_of_arrays_and_class_weights(spark):
    x, y = rows(50)
    weights = {0: 2.0, 2: 0.5}
    arguments = {"batch_size": 16, "shuffle": False, "class_weight": weights}
    expected, _ = curve(mlp(), x, y, **arguments)
    rdd = spark.sparkContext.parallelize(list(zip(x, y, strict=True)), 4)
    found, _ = curve(mlp(), rdd, num_workers=2, **arguments)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    found, _ = curve(mlp(), frame_of(spark, x, y), num_workers=2, **arguments, **COLUMNS)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_several_inputs_outputs_and_sample_weights(spark):
    x, _ = rows(40, (6,))
    weight = np.abs(x[:, 0])
    frame = spark.createDataFrame(
        [(*(float(v) for v in row), float(w)) for row, w in zip(x, weight, strict=True)],
        ["a", "b", "c", "d", "e", "f", "w"],
    )
    arguments = {"batch_size": 16, "shuffle": False}
    inputs, labels = [x[:, :2], x[:, 2:3]], [x[:, 3], x[:, 4:]]
    expected, _ = curve(two_headed(), inputs, labels, sample_weight=weight, **arguments)
    columns = {"feature_cols": [["a", "b"], "c"], "label_cols": ["d", ["e", "f"]]}
    found, _ = curve(
        two_headed(), frame, num_workers=2, sample_weight_col="w", **columns, **arguments
    )
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_callbacks_steer_the_workers(spark):
    x, y = rows(64)
    halve = callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch else rate)

    class StopSoon(callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.epoch = epoch

        def on_train_batch_end(self, batch, logs=None):
            if self.epoch == 2 and batch == 1:
                self.model.stop_training = True

    arguments = {"batch_size": 16, "epochs": 5, "shuffle": False}
    expected, _ = curve(mlp(), x, y, callbacks=[halve], **arguments)
    model = mlp()
    found, history = curve(
        model,
        frame_of(spark, x, y),
        num_workers=2,
        callbacks=[halve, StopSoon()],
        validation_data=(x, y),
        **arguments,
        **COLUMNS,
    )
    assert 10 <= len(found) <= 12
    np.testing.assert_allclose(found, expected[: len(found)], rtol=1e-5)
    assert len(history["val_loss"]) == 3
    assert int(model.optimizer.iterations) == len(found)


class Calls(callbacks.Callback):
    """Notes the epochs and batches of training and the beginnings and ends of validation."""

    def __init__(self):
        super().__init__()
        self.seen = []


def _noted(event):
    def method(self, *numbers, logs=None):
        values = [value for value in (*numbers, logs) if not isinstance(value, dict)]
        names = [sorted(value) for value in (*numbers, logs) if isinstance(value, dict)]
        self.seen.append((event, *values, *names))

    return method


for _event in ("train", "epoch", "train_batch", "test"):
    for _edge in ("begin", "end"):
        setattr(Calls, f"on_{_event}_{_edge}", _noted(f"on_{_event}_{_edge}"))


def test_parts_of_training_as_on_arrays(spark):
    x, y = rows(64)
    check = rows(40, seed=1)
    arguments = {
        "batch_size": 16,
        "epochs": 5,
        "initial_epoch": 1,
        "validation_freq": 2,
        "validation_batch_size": 8,
        "validation_steps": 3,
        "shuffle": False,
    }
    seen, results = [], []
    for on_spark in (False, True):
        model, calls = mlp(), Calls()
        data = (frame_of(spark, x, y),) if on_spark else (x, y)
        validation = frame_of(spark, *check) if on_spark else check
        more = {"num_workers": 2, **COLUMNS} if on_spark else {}
        results.append(
            curve(model, *data, validation_data=validation, callbacks=[calls], **arguments, **more)
        )
        seen.append(calls.seen)
    assert seen[1] == seen[0]
    (losses, history), (found, distributed) = results
    np.testing.assert_allclose(found, losses, rtol=1e-5)
    for name, values in history.items():
        np.testing.assert_allclose(distributed[name], values, rtol=1e-5)


def test_values_of_steps_are_for_one_process(spark):
    model = mlp()
    model.run_eagerly = True
    frame = frame_of(spark, *rows(6))
    for use in (model.fit, model.evaluate):
        with pytest.raises(ValueError, match="run_eagerly = False"):
            use(frame, verbose=0, **COLUMNS)
    with pytest.raises(ValueError, match="run_eagerly = False"):
        model.predict(frame, feature_cols="features")
    with pytest.raises(TypeError, match="A Spark DataFrame is no array"):
        model.train_on_batch(frame)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"feature_cols": "feature"}, "no column 'feature'; did you mean 'features'"),
        ({"label_cols": None}, "`label_cols` is missing"),
        ({"feature_cols": None}, "`feature_cols` is missing"),
        ({"label_cols": "far"}, "from 3 to 3, but the model has 3 outputs"),
        (
            {"feature_cols": "pair"},
            r"gives \[2\] a row \(2 elements\), but the model expects \[4\]",
        ),
        ({"num_workers": 9}, r"num_workers=9, but 'local\[4,4\]' runs 4 tasks at once"),
        ({"num_workers": 0}, "at least 1"),
        ({"num_workers": (1, 2)}, "is for elastic=True"),
        ({"num_workers": (2, 1), "elastic": True}, "in order"),
        ({"validation_split": 0.2}, "randomSplit"),
        ({"memory_budget": -1}, "number of bytes"),
        ({"exchange_dtype": "int8"}, "'float32' or 'bfloat16', got 'int8'"),
        ({"sample_weight": [1.0]}, "sample_weight_col"),
        ({"shuffle": "batch"}, "True or False"),
        ({"sample_weight_col": "far", "class_weight": {0: 1.0}}, "not both"),
    ],
)
def test_refusals_come_before_training(spark, arguments, message):
    frame = frame_of(spark, *rows(6)).withColumns(
        {"far": F.lit(3), "pair": F.array(F.lit(1.0), F.lit(2.0))}
    )
    with pytest.raises(ValueError, match=message):
        mlp().fit(frame, verbose=0, **{**COLUMNS, **arguments})
