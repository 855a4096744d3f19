"""A new driver goes on where a killed one saved last, with the numbers of a training that nobody killed."""

import json
import subprocess
import sys
import time

import numpy as np
import pytest

from bigdl_keras import saving
from tests.spark.driver_lost import BATCHES, EPOCHS, train

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
