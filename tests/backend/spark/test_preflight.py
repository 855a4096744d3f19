"""Workers that cannot do their part are refused before the first step, with what would help."""

import copy

import numpy as np
import pytest

from bigdl_backend.spark.memory import _room, in_words, memory
from bigdl_backend.spark.preflight import Needs, Preflight, facts, needs_of

from .gang import dataset, regression_program

GIB = 1 << 30
SMALL = Needs(model=GIB, step=GIB, rows=GIB, files=True)
WORKER = "worker 1 (process 7 on host h)"


@pytest.fixture
def found():
    here = copy.deepcopy(facts())
    here |= {"free": 8 * GIB, "limit": 16 * GIB, "limited_by": "its container", "disk": 20 * GIB}
    return here


def objection(found, needs=SMALL, workers_a_host=1):
    return Preflight(facts(), needs, workers_a_host).objection(WORKER, found)


def test_this_process_may_take_part(found):
    assert objection(found) == ""
    assert found["instructions"].startswith("x86-64-v")
    assert found["kernels"] == ""


@pytest.mark.parametrize(
    ("name", "other"), [("numpy", "1.26"), ("Python", "3.9"), ("pyarrow", "(not installed)")]
)
def test_other_versions_are_refused(found, name, other):
    ours = found["versions"][name]
    found["versions"][name] = other
    assert objection(found).startswith(
        f"{WORKER} runs {name} {other}, the driver {name} {ours}: install the same"
    )


def test_kernels_that_fail_are_refused(found):
    found["kernels"] = "it has no kernel for matmul"
    assert "the native library of worker 1" in objection(found)
    assert "it has no kernel for matmul" in objection(found)


def test_a_model_that_does_not_fit_is_refused(found):
    large = Needs(model=9 * GIB, step=0, rows=0, files=True)
    assert "needs at least 9.0 GiB for the model" in objection(found, large)
    assert "8.0 GiB of the 16.0 GiB of its container are free" in objection(found, large)
    four = Needs(model=5 * GIB, step=0, rows=0, files=True)
    assert objection(found, four, workers_a_host=2) == ""
    assert "needs at least" in objection(found, four, workers_a_host=4)


def test_rows_that_fit_nowhere_are_refused(found):
    def rows(size, files=True):
        return Needs(model=0, step=0, rows=size * GIB, files=files)

    assert objection(found, rows(4, files=False)) == ""
    assert "spark.io.encryption.enabled forbids" in objection(found, rows(5, files=False))
    assert objection(found, rows(20)) == ""
    found["folder"] = "/local/b"
    refused = objection(found, rows(21))
    assert "20.0 GiB are free on the disk of '/local/b': free space there, name a larger" in refused
    small = Needs(model=0, step=0, rows=GIB, files=False, budget=GIB // 2)
    assert "memory_budget is 512.0 MiB. They would go to files" in objection(found, small)


def test_a_step_that_may_not_fit_is_told(found, caplog):
    assert objection(found, Needs(model=GIB, step=8 * GIB, rows=0, files=True)) == ""
    assert "may run out of memory: it takes up to 8.0 GiB for a step" in caplog.text


def test_needs_follow_the_graph_and_the_rows():
    program = regression_program()
    sizes = [
        needs_of(program.graphs["train"], 32, batch, (dataset("train", 1000),), 2, True)
        for batch in (8, 8000)
    ]
    assert [size.model for size in sizes] == [64, 64]
    assert [size.rows for size in sizes] == [500 * 16, 500 * 16]
    # A row of the batch has 16 bytes; the step holds at least the squared errors beside it.
    assert sizes[1].step - sizes[0].step >= 3996 * 20
    assert sizes[1].step < 4000 * 16 * 4


def test_a_container_sets_the_limit_and_cached_files_make_room(tmp_path):
    names = ("memory.max", "memory.current", "inactive_file")
    assert _room(tmp_path, *names) is None
    (tmp_path / "memory.current").write_text("900\n")
    (tmp_path / "memory.stat").write_text("anon 500\ninactive_file 300\nactive_file 100\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert _room(tmp_path, *names) is None
    (tmp_path / "memory.max").write_text("1000\n")
    assert _room(tmp_path, *names) == (1000, 400)


def test_memory_is_that_of_this_process():
    before = memory()
    held = np.ones(8 << 20)
    after = memory()
    assert after.used - before.used > held.nbytes // 2
    assert 0 < after.free <= after.limit
    assert in_words(3 * GIB + GIB // 2) == "3.5 GiB"
    assert in_words(7) == "7 bytes"
