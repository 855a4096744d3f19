"""Where the time of training on Spark goes, as the user sees it."""

import json
import logging
from itertools import pairwise

import pytest

from bigdl_backend.spark.events import EpochDone
from bigdl_keras.spark.runner import _warn_of_stragglers
from tests.spark.models import COLUMNS, frame_of, mlp, rows


@pytest.mark.spark
def test_phases_of_all_workers_are_in_the_history_and_in_a_trace(spark, tmp_path):
    frame = frame_of(spark, *rows(120))
    trace = tmp_path / "trace.json"
    arguments = {"batch_size": 10, "num_workers": 2, "verbose": 0, **COLUMNS}
    history = mlp().fit(frame, epochs=3, trace_file=trace, **arguments)
    assert len(history.phases) == 3
    for epoch in history.phases:
        assert set(epoch) == {"ingest", "compute", "wait", "update", "exchange", "schedule"}
        assert all(len(seconds) == 2 for seconds in epoch.values())
        assert min(*epoch["compute"], *epoch["update"], *epoch["exchange"]) > 0
    # The first epoch has the reading of the rows.
    assert min(history.phases[0]["ingest"]) > max(history.phases[1]["ingest"])
    events = [event for event in json.loads(trace.read_text()) if event["ph"] == "X"]
    assert len(events) == 2 * 3 * 12 * 4
    for worker in (0, 1):
        mine = [event for event in events if event["pid"] == worker]
        assert {event["name"] for event in mine} == {"ingest", "compute", "wait", "update"}
        for before, after in pairwise(mine):
            assert after["ts"] >= before["ts"] + before["dur"] - 1000
    assert [path.name for path in tmp_path.iterdir()] == ["trace.json"]


def test_a_straggler_is_named(caplog):
    def epoch(*seconds):
        phases = tuple({"ingest": 0.0, "compute": s, "update": 0.0} for s in seconds)
        names = tuple(f"worker {number} (process 1 on host)" for number in range(len(seconds)))
        return EpochDone(4, {}, names, phases, ())

    with caplog.at_level(logging.WARNING, logger="bigdl_keras.spark"):
        _warn_of_stragglers(epoch(10.0, 10.5, 11.0))
        _warn_of_stragglers(epoch(0.1, 0.1, 0.9))
        _warn_of_stragglers(epoch(5.0))
        assert not caplog.records
        _warn_of_stragglers(epoch(10.0, 25.0, 11.0))
    (record,) = caplog.records
    assert "worker 1" in record.message
    assert "25.0 s of epoch 5, theirs 10.5 s" in record.message
