"""What people see while training on Spark: rows a second and where the time goes, behind the metrics."""

import re

import pytest

from bigdl_backend.spark.events import Pace
from bigdl_keras.callbacks import ProgbarLogger
from bigdl_keras.spark.progress import SparkProgress
from tests.spark.models import COLUMNS, frame_of, mlp, rows

EPOCH_1 = {"verbose": 2, "epochs": 1, "steps": 10}


def last_line(text):
    return text.rstrip("\n").splitlines()[-1].rpartition("\r")[2]


@pytest.mark.parametrize(
    ("pace", "shown"),
    [
        (
            Pace(0, 1200, 2.0, {"compute": 1.5, "wait": 0.4, "update": 0.01, "exchange": 1.0}),
            "rows/s: 600 - time: compute 1.5s wait 400ms",
        ),
        (
            Pace(0, 30, 4.0, {"ingest": 3.0, "schedule": 1.0, "compute": 0.0}),
            "rows/s: 7.5 - time: ingest 3.0s schedule 1.0s",
        ),
    ],
)
def test_the_pace_stands_behind_the_metrics(pace, shown, capsys):
    progress = SparkProgress()
    progress.set_params(EPOCH_1)
    progress.on_epoch_begin(0)
    progress.keep(pace)
    progress.on_train_batch_end(9, {"loss": 0.5})
    progress.on_epoch_end(0, {"loss": 0.5})
    assert last_line(capsys.readouterr().out).endswith(f" - loss: 0.5000 - {shown}")


def test_without_a_pace_the_line_is_that_of_arrays(capsys, monkeypatch):
    monkeypatch.setattr("bigdl_keras.utils.progbar.time.monotonic", lambda: 5.0)
    lines = []
    for progress in (ProgbarLogger(), SparkProgress()):
        progress.set_params(EPOCH_1)
        if isinstance(progress, SparkProgress):
            progress.keep(Pace(0, 1, 1.0, {"compute": 1.0}))  # of the epoch before
        progress.on_epoch_begin(0)
        progress.on_epoch_end(0, {"loss": 0.5})
        lines.append(capsys.readouterr().out)
    assert lines[0] == lines[1] != ""


@pytest.mark.spark
@pytest.mark.parametrize("verbose", [1, 2])
def test_fit_shows_the_pace_of_every_epoch_and_logs_only_metrics(spark, capsys, verbose):
    frame = frame_of(spark, *rows(40))
    arguments = {"num_workers": 2, "batch_size": 10, "epochs": 2, "verbose": verbose, **COLUMNS}
    history = mlp().fit(frame, validation_data=frame, **arguments)
    assert set(history.history) == {"accuracy", "loss", "val_accuracy", "val_loss"}
    ends = [line for line in capsys.readouterr().out.splitlines() if "val_loss" in line]
    assert len(ends) == 2
    for line in ends:
        assert re.search(
            r"4/4.* - loss: [\d.]+.* - rows/s: [\d.]+ - time: (\w+ [\d.]+m?s ?)+", line
        )


@pytest.mark.spark
def test_a_progress_bar_of_ones_own_stays_alone(spark, capsys):
    frame = frame_of(spark, *rows(10))
    mlp().fit(frame, num_workers=1, callbacks=[ProgbarLogger()], **COLUMNS)
    shown = capsys.readouterr().out
    assert shown.count("1/1") == 2
    assert "rows/s" not in shown
