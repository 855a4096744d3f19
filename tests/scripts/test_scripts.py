"""Scripts as users write them, run with stock Keras and with this library: the import is the only change."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parent
pytestmark = [pytest.mark.parity, pytest.mark.slow]


@dataclass(frozen=True)
class Script:
    """A script and what it must reach.

    Attributes:
        learned: a number it prints and what that shows when all is well.
        near: numbers that both libraries print alike, each with the difference allowed.
        losses: how many epochs must have the same losses. Then both begin with the same weights,
            and the script takes rows in the same order and draws nothing at random.
        same: what both libraries must print alike to the letter.
    """

    name: str
    learned: dict[str, tuple[float, float]]
    near: dict[str, float] = field(default_factory=dict)
    losses: int = 0
    same: tuple[str, ...] = ()


SCRIPTS = [
    Script("mnist_convnet", {"accuracy": (0.8, 1)}, {"accuracy": 0.05}),
    Script("imdb_lstm", {"accuracy": (0.7, 1)}, {"accuracy": 0.05}),
    Script("text_transformer", {"accuracy": (0.75, 1)}, {"accuracy": 0.05}),
    Script("denoising_autoencoder", {"mse": (0, 0.06)}, {"mse": 1e-4}, losses=2),
    Script(
        "variational_autoencoder",
        {"reconstruction": (0, 220), "divergence": (1, 20), "ink": (0.05, 0.4)},
        {"reconstruction": 20},
    ),
    Script("siamese", {"accuracy": (0.7, 1)}, {"accuracy": 0.02}, losses=3, same=("weights",)),
    Script(
        "functional_tour",
        {"dust_mae": (0, 0.25), "wind_accuracy": (0.45, 1), "file_difference": (0, 1e-6)},
        {"dust_mae": 1e-3, "wind_accuracy": 5e-3},
        losses=4,
        same=("logs", "layers", "hidden"),
    ),
    Script(
        "subclassing",
        {"accuracy": (0.72, 1), "file_difference": (0, 1e-6)},
        {"accuracy": 5e-3},
        losses=3,
        same=("steps", "weights", "added"),
    ),
    Script(
        "custom_callbacks",
        {"auc": (0.65, 1), "best_loss_again": (0, 1e-6)},
        {"auc": 1e-3},
        losses=4,
        same=("stopped", "rates", "diary"),
    ),
    Script("timeseries_forecasting", {"mae": (0, 0.33)}, {"mae": 5e-3}, losses=4),
    Script(
        "wide_and_deep",
        {"accuracy": (0.78, 1), "auc": (0.82, 1)},
        {"accuracy": 5e-3, "auc": 1e-3},
        losses=3,
    ),
    Script(
        "collaborative_filtering",
        {"rmse": (0, 0.22)},
        {"rmse": 1e-3},
        losses=3,
        same=("recommended",),
    ),
    Script("antirectifier", {"accuracy": (0.85, 1)}, {"accuracy": 0.03}),
    Script(
        "anomaly_autoencoder", {"odd_among_worst": (0.4, 1)}, {"odd_among_worst": 0.1}, losses=4
    ),
    Script(
        "imbalanced_classification",
        {"recall": (0.85, 1), "auc_pr": (0.85, 1)},
        {"recall": 0.08, "auc_pr": 0.08},
        same=("frauds",),
    ),
    Script(
        "masked_vowels",
        {"accuracy": (0.8, 1), "eager_difference": (0, 1e-5)},
        {"accuracy": 0.05},
        losses=4,
    ),
    Script("conv_lstm", {"crossentropy": (0, 0.15)}, {"crossentropy": 1e-3}, losses=4),
]


def printed_by(library: str, script: Script, data: Path, start: Path) -> dict:
    """What the script prints in its last line."""
    command = [sys.executable, FOLDER / "run.py", library, FOLDER / f"{script.name}.py"]
    environment = {**os.environ, "BIGDL_KERAS_DATA": str(data)}
    # Training takes longer than compiling here, unlike in the other comparisons.
    environment.pop("XLA_FLAGS", None)
    done = subprocess.run(
        [*command, *([start] if script.losses else [])],
        capture_output=True,
        text=True,
        timeout=280,
        env=environment,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_script(script: Script, data_dir: Path, tmp_path: Path) -> None:
    stock, ours = (
        printed_by(library, script, data_dir.resolve(), tmp_path / "start.npz")
        for library in ("keras", "bigdl_keras")
    )
    for name, (low, high) in script.learned.items():
        assert low <= ours[name] <= high, (name, ours, stock)
    for name, tolerance in script.near.items():
        assert abs(ours[name] - stock[name]) <= tolerance, (name, ours, stock)
    for name in script.same:
        assert ours[name] == stock[name], name
    if script.losses:
        np.testing.assert_allclose(
            ours["losses"][: script.losses], stock["losses"][: script.losses], rtol=1e-3
        )


def test_every_script_is_run() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - {"run", "test_scripts"}
    assert files == {script.name for script in SCRIPTS}
