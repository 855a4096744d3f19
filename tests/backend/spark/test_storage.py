"""Rows come back as they went in, from memory and from files."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bigdl_backend.spark.storage import RowStorage, memory_budget


@pytest.mark.parametrize("budget", [1 << 30, 0])
@pytest.mark.parametrize("expected", [1, 100])
def test_rows_come_back(budget, expected):
    storage = RowStorage([(2, 3), ()], ["float32", "int64"], expected, budget)
    assert storage.in_files == (budget == 0)
    values = np.arange(90 * 6, dtype="float32").reshape(90, 2, 3)
    labels = np.arange(90)
    for start in range(0, 90, 13):
        storage.append([values[start : start + 13], labels[start : start + 13]])
    assert len(storage) == 90
    chosen = np.array([89, 0, 13, 13])
    x, y = storage.rows(chosen)
    np.testing.assert_array_equal(x, values[chosen])
    np.testing.assert_array_equal(y, labels[chosen])
    np.testing.assert_array_equal(storage.column(0), values)
    assert storage.checksum(np.arange(90)) != storage.checksum(np.arange(90)[::-1])
    assert [a.shape for a in storage.rows(np.array([], int))] == [(0, 2, 3), (0,)]


def test_the_budget_is_shared():
    assert 0 < memory_budget(4) < memory_budget(1)


HOLDER = """
import sys, time
import numpy as np
from bigdl_backend.spark.storage import RowStorage
storage = RowStorage([(1000,)], ["float32"], 10, 0)
storage.append([np.ones((50, 1000), "float32")])
print(storage.in_files, flush=True)
time.sleep(60)
"""


def test_files_vanish_with_a_killed_process(tmp_path):
    environment = {**os.environ, "SPARK_LOCAL_DIRS": str(tmp_path)}
    command = [sys.executable, "-c", HOLDER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as holder:
        assert holder.stdout.readline() == b"True\n"
        open_files = [str(link.readlink()) for link in Path(f"/proc/{holder.pid}/fd").iterdir()]
        assert any(name.startswith(str(tmp_path)) for name in open_files)
        holder.kill()
    assert list(tmp_path.iterdir()) == []


LIMITED = """
import resource, sys
import numpy as np
from bigdl_backend.spark.storage import RowStorage, StorageError
kind, limit, expected = getattr(resource, sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
resource.setrlimit(kind, (limit, resource.getrlimit(kind)[1]))
try:
    storage = RowStorage([(1000,)], ["float32"], expected, 0)
    for _ in range(100):
        storage.append([np.ones((50, 1000), "float32")])
except StorageError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        # As a full disk: at the first reservation, and when more rows come than were expected.
        (
            ["RLIMIT_FSIZE", 1 << 20, 1000],
            "no room for 4.0 MB .*: free space there.*spark.local.dir",
        ),
        (["RLIMIT_FSIZE", 1 << 20, 10], "no room for .* MB .*: free space there"),
        (["RLIMIT_AS", 4 << 30, 1 << 20], "no room for .*spark.executor.pyspark.memory counts"),
    ],
)
def test_no_room_is_a_clear_error(tmp_path, limit, message):
    environment = {**os.environ, "SPARK_LOCAL_DIRS": str(tmp_path)}
    command = [sys.executable, "-c", LIMITED, *map(str, limit)]
    done = subprocess.run(command, capture_output=True, env=environment, text=True, timeout=60)
    assert re.search(message, done.stdout), done
    assert list(tmp_path.iterdir()) == []
