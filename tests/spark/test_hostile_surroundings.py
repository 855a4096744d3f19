"""The scripts of faults and of hostile connections, in small."""

import json
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize(
    ("script", "arguments"),
    [
        ("chaos", ["--faults", "3", "--epochs", "3"]),
        ("fuzz_ports", ["--connections", "30", "--epochs", "8"]),
    ],
)
def test_training_ends_as_if_nothing_had_happened(script, arguments):
    done = subprocess.run(
        [sys.executable, "-m", f"tests.spark.{script}", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        timeout=590,
        check=False,
    )
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["weights equal"]
    assert result["times"] > 0
    assert done.returncode == 0
