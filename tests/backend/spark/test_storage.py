"""Rows come back as they went in, from memory and from files."""

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
