"""Paths, `file:` URIs, and what is said of URIs without a Spark session."""

from pathlib import Path

import numpy as np
import pytest

import bigdl_keras as ours
from bigdl_keras.saving import places


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("a/b.keras", "a/b.keras"),
        (Path("/a/b"), "/a/b"),
        ("file:/a/b", "/a/b"),
        ("file:///a/b c%20", "/a/b c%20"),
        ("file://localhost/a", "/a"),
        ("hdfs://host:1/a/b", None),
        ("s3a://bucket/a", None),
        ("dbfs:/a", None),
    ],
)
def test_what_is_on_this_machine(place, path):
    assert places.local_path(place) == (None if path is None else Path(path))


def test_a_uri_that_was_made_a_path_is_refused():
    with pytest.raises(ValueError, match="give it as a string"):
        places.local_path(Path("hdfs://host/a"))


def test_files_by_uri(tmp_path):
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(2)])
    folder = f"file://{tmp_path}/new"
    model.save(f"{folder}/m.keras")
    model.save_weights(f"{folder}/m.weights.h5")
    again = ours.saving.load_model(f"{folder}/m.keras")
    again.set_weights([w * 0 for w in again.get_weights()])
    again.load_weights(f"{folder}/m.weights.h5")
    for got, expected in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(got, expected)
    places.copy(f"{folder}/m.keras", f"{folder}/n.keras")
    assert {p.name for p in (tmp_path / "new").iterdir()} == {"m.keras", "n.keras", "m.weights.h5"}
    places.remove(f"{folder}/n.keras")
    assert not places.exists(f"{folder}/n.keras")
    places.remove(folder)
    assert not (tmp_path / "new").exists()


def test_a_uri_without_a_spark_session_is_refused_with_the_mend(monkeypatch):
    from pyspark import SparkContext

    monkeypatch.setattr(SparkContext, "_active_spark_context", None)
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(2)])
    for use in (model.save, ours.saving.load_model):
        with pytest.raises(
            RuntimeError, match=r"running Spark session.*bigdl_keras.spark.session\(\)"
        ):
            use("hdfs://nowhere/m.keras")


def test_damaged_weights_change_nothing(tmp_path):
    """Whichever byte of the values is another, wherever the file ends: an error, and the old weights."""
    model = ours.Sequential([ours.Input((50,)), ours.layers.Dense(40), ours.layers.Dense(30)])
    path = tmp_path / "m.weights.h5"
    model.save_weights(path)
    data = path.read_bytes()
    last = model.layers[-1].kernel.numpy().tobytes()
    inside = data.index(last) + len(last) // 2
    model.set_weights([w + 1 for w in model.get_weights()])
    before = [w.copy() for w in model.get_weights()]
    flipped = bytearray(data)
    flipped[inside] ^= 1
    for damaged in (bytes(flipped), data[:inside], data[:-1], data[:100], b""):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"m\.weights\.h5.*(damaged|truncated)"):
            model.load_weights(path)
        for got, expected in zip(model.get_weights(), before, strict=True):
            np.testing.assert_array_equal(got, expected)
