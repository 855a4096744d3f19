"""Batches of rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigdl_backend.local.array_batches import ArrayBatches, batch_order, row_order


@given(st.integers(1, 30), st.integers(1, 12), st.integers(0, 5))
def test_every_row_comes_once(rows, size, epoch):
    x, y = np.arange(rows), np.arange(rows)[:, None] * 2
    batches = ArrayBatches([x, y], size)
    for lists in (
        batches.in_order(),
        batches.ordered_by(row_order(rows, 1, epoch)),
        batches.ordered_by(batch_order(rows, size, 1, epoch)),
    ):
        seen = list(lists)
        assert len(seen) == len(batches)
        assert all(len(a) == size for a, _ in seen[:-1])
        assert sorted(np.concatenate([a for a, _ in seen])) == list(range(rows))
        assert all((b[:, 0] == 2 * a).all() for a, b in seen)


def test_batches_in_order_are_views():
    x = np.arange(6)
    assert all(np.shares_memory(batch, x) for (batch,) in ArrayBatches([x], 4).in_order())


def test_orders_depend_on_seed_and_epoch():
    orders = {tuple(row_order(20, seed, epoch)) for seed in (1, 2) for epoch in (0, 1)}
    assert len(orders) == 4
    np.testing.assert_array_equal(row_order(20, 1, 0), row_order(20, 1, 0))


@pytest.mark.parametrize(
    ("arrays", "size", "message"),
    [
        ([np.zeros(3), np.zeros(4)], 2, "3, 4 rows"),
        ([np.zeros(())], 2, "no axis of rows"),
        ([np.zeros(3)], 0, "at least 1"),
    ],
)
def test_errors(arrays, size, message):
    with pytest.raises(ValueError, match=message):
        ArrayBatches(arrays, size)
