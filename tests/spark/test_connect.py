"""What is particular to sessions of Spark Connect."""

import socket

import numpy as np
import pytest

from bigdl_backend.spark.coordinator import Coordinator
from bigdl_keras import Input, Sequential, layers, random
from bigdl_keras.spark import session
from tests.spark.models import COLUMNS, curve, frame_of, mlp, rows

pytestmark = [pytest.mark.spark, pytest.mark.parametrize("any_spark", ["connect"], indirect=True)]


@pytest.fixture
def conf(any_spark):
    """Sets settings of the session for one test."""
    changed = []

    def change(**values):
        for name, value in values.items():
            changed.append(f"spark.bigdl.client.{name}")
            any_spark.conf.set(changed[-1], value)

    yield change
    for name in changed:
        any_spark.conf.unset(name)


def test_a_client_that_executors_cannot_reach_is_told_before_training(any_spark, conf):
    conf(host="127.0.0.9", bindAddress="127.0.0.1")
    model = mlp()
    before = model.get_weights()
    with pytest.raises(
        RuntimeError, match=r"to 127\.0\.0\.9: .*refused.*spark\.bigdl\.client\.host"
    ):
        model.fit(frame_of(any_spark, *rows(20)), verbose=0, **COLUMNS)
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_workers_report_to_the_announced_address(any_spark, conf, monkeypatch):
    with socket.create_server(("127.0.0.5", 0)) as free:
        port = free.getsockname()[1]
    conf(host="127.0.0.5", bindAddress="0.0.0.0", port=str(port))
    seen = []
    next_event = Coordinator.next_event
    monkeypatch.setattr(
        Coordinator,
        "next_event",
        lambda self, *a: (seen.append(self.address), next_event(self, *a))[1],
    )
    x, y = rows(40)
    expected, _ = curve(mlp(), x, y, batch_size=8, shuffle=False)
    found, _ = curve(mlp(), frame_of(any_spark, x, y), batch_size=8, shuffle=False, **COLUMNS)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert set(seen) == {("127.0.0.5", port)}


def test_models_too_large_for_a_closure(any_spark):
    x, y = rows(30)
    random.set_global_seed(1)
    hidden = [layers.Dense(600, "relu"), layers.Dense(600)]
    model = Sequential([Input((4,)), *hidden, layers.Dense(3, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    frame = frame_of(any_spark, x, y)
    expected = model.evaluate(x, y, verbose=0)
    np.testing.assert_allclose(model.evaluate(frame, verbose=0, **COLUMNS), expected, rtol=1e-5)
    scored = model.predict(frame, feature_cols="features").select("prediction").collect()
    np.testing.assert_allclose(
        [row[0] for row in scored], model.predict(x, verbose=0), rtol=1e-4, atol=1e-6
    )
    model.fit(frame, verbose=0, epochs=2, **COLUMNS)
    assert model.evaluate(x, y, verbose=0) < expected


def test_refusals_name_what_is_behind_the_server(any_spark):
    frame = frame_of(any_spark, *rows(6))
    for arguments, message in (
        (
            {"num_workers": 9},
            r"num_workers=9, but 'local-cluster\[2,1,1024\]' runs 2 tasks at once",
        ),
        ({"feature_cols": "feature"}, "no column 'feature'; did you mean 'features'"),
        ({"validation_split": 0.2}, "randomSplit"),
    ):
        with pytest.raises(ValueError, match=message):
            mlp().fit(frame, verbose=0, **{**COLUMNS, **arguments})


def test_the_running_session_is_kept(any_spark):
    assert session() is any_spark
    assert session(spark_sql_shuffle_partitions="3") is any_spark
    for other in ({"master": "local[2]"}, {"remote": "sc://elsewhere.invalid"}):
        with pytest.raises(ValueError, match=r"server '127\.0\.0\.1' is running; stop\(\) it"):
            session(**other)
    with pytest.raises(ValueError, match="either master='local' or remote='sc://a'"):
        session("local", remote="sc://a")
