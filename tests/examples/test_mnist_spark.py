"""The example as a user runs it, on fewer images."""

import os
import re
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "examples" / "mnist_spark.py"
IMAGES = 6000


def run(output: Path, *arguments: str) -> float:
    """The validation accuracy that the script prints."""
    command = [
        sys.executable,
        SCRIPT,
        "--limit",
        IMAGES,
        "--epochs",
        3,
        "--verbose",
        2,
        "--output",
        output,
    ]
    done = subprocess.run(
        [*map(str, command), *arguments],
        capture_output=True,
        text=True,
        timeout=280,
        env={**os.environ, "KERAS_BACKEND": "jax"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = re.search(r"validation accuracy: ([\d.]+) within 3 epochs", done.stdout)
    assert found, done.stdout[-2000:]
    assert re.search(r"images per second: \d+", done.stdout)
    return float(found[1])


@pytest.mark.example
@pytest.mark.spark
def test_on_spark_and_its_files(tmp_path: Path, data_dir: Path) -> None:
    accuracy = run(tmp_path)
    assert accuracy > 0.9
    assert (tmp_path / "learning_curve.png").read_bytes().startswith(b"\x89PNG")
    with np.load(data_dir / "datasets" / "mnist" / "mnist.npz") as data:
        x, y = data["x_test"][:IMAGES, ..., None], data["y_test"][:IMAGES]
    stock = keras.models.load_model(tmp_path / "mnist.keras")
    predicted = stock.predict(x, batch_size=500, verbose=0).argmax(-1)
    # The script prints four digits of the best epoch's accuracy; the file holds that epoch.
    assert abs(np.mean(predicted == y) - accuracy) < 1e-4


@pytest.mark.example
@pytest.mark.parametrize("library", ["bigdl_keras", "keras"])
def test_on_arrays(tmp_path: Path, library: str) -> None:
    assert run(tmp_path, "--input", "arrays", "--library", library) > 0.9
