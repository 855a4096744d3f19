"""Ctrl-C ends the Spark job in seconds and keeps every step that was seen."""

import json
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.spark


@pytest.mark.parametrize("mode", ["local", "cluster", "connect"])
def test_an_interrupted_fit_keeps_the_last_step_and_leaves_nothing(mode):
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.spark.interrupted", mode], stdout=subprocess.PIPE, text=True
    )
    try:
        lines = iter(process.stdout.readline, "")
        assert next(line for line in lines if "training" in line)
        time.sleep(0.5)
        sent = time.time()
        process.send_signal(signal.SIGINT)
        result = json.loads(next(lines))
        assert process.wait(60) == 0
    finally:
        process.kill()
    assert result["interrupted"] - sent < 15
    assert result["jobs"] == []
    assert result["seen"] >= 50
    # The workers are a little ahead of the callbacks.
    assert result["seen"] <= result["kept"] < result["seen"] + 2000
    assert result["finite"]
    assert result["sockets"] == 0
    assert result["threads"] == []
