"""A new driver goes on where a killed one saved last, with the numbers of a training that nobody killed."""

import json
import subprocess
import sys
import time

import numpy as np
import pytest

from bigdl_keras import callbacks, saving
from tests.spark.driver_lost import BATCHES, EPOCHS, train
from tests.spark.models import COLUMNS, curve, frame_of, mlp, rows

pytestmark = pytest.mark.spark


def lines(folder):
    curve = folder / "curve"
    return [line.split() for line in curve.read_text().splitlines()] if curve.exists() else []


def test_a_killed_driver_leaves_no_trace(spark, tmp_path):
    whole, killed, mounted = (tmp_path / name for name in ("whole", "killed", "mounted"))
    for folder in (whole, killed, mounted):
        folder.mkdir()
    command = [sys.executable, "-m", "tests.spark.driver_lost", killed, mounted]
    driver = subprocess.Popen(command)
    try:
        undisturbed = train(spark, whole, [], 4, 7)
        while len(lines(killed)) < 2.5 * BATCHES:
            assert driver.poll() is None
            time.sleep(0.01)
        driver.kill()
        assert driver.wait(10) == -9
        first = lines(killed)
        assert len(first) < EPOCHS * BATCHES
        saved = json.loads((mounted / "b" / "training_metadata.json").read_text())
        assert saved["epoch"] >= 2
        second = subprocess.run(command, timeout=240)
        assert second.returncode == 0
    finally:
        driver.kill()
    expected = {tuple(line[:2]): line[2] for line in lines(whole)}
    again = lines(killed)[len(first) :]
    # Not from the beginning of the epoch: at most the steps since the last backup are done again.
    begin = again[0]
    assert int(begin[1]) > 0
    assert {tuple(line[:2]): line[2] for line in first + again} == expected
    assert all(expected[tuple(line[:2])] == line[2] for line in first + again)
    assert len(first) + len(again) - len(expected) <= 7
    for ours, wanted in zip(
        saving.load_model(killed / "done.keras").get_weights(),
        undisturbed.get_weights(),
        strict=True,
    ):
        np.testing.assert_array_equal(ours, wanted)


def test_a_model_saved_within_an_epoch_or_behind_one_is_trained_on(spark, tmp_path):
    frame = frame_of(spark, *rows(100))
    arguments = {"batch_size": 10, "num_workers": 2, "seed": 4, **COLUMNS}
    kept = [
        callbacks.ModelCheckpoint(f"file://{tmp_path}/{{epoch}}-{{batch}}.keras", save_freq=4),
        callbacks.ModelCheckpoint(f"file://{tmp_path}/{{epoch}}.keras"),
    ]
    whole = mlp()
    expected, _ = curve(whole, frame, epochs=3, callbacks=kept, **arguments)
    steps = {
        path.name: int(saving.load_model(path).optimizer.iterations)
        for path in tmp_path.glob("*-*.keras")
    }
    names = ["1-4", "1-8", "2-2", "2-6", "2-10", "3-4", "3-8"]
    assert steps == {f"{name}.keras": 4 * number for number, name in enumerate(names, 1)}
    model = saving.load_model(tmp_path / "2.keras")
    found, _ = curve(model, frame, epochs=3, initial_epoch=2, **arguments)
    np.testing.assert_array_equal(found, expected[20:])
    for ours, wanted in zip(model.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, wanted)
