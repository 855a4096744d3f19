"""The order of rows does not depend on the number of workers, and every worker gets its share of each batch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigdl_backend.spark.order import EpochOrder, EpochShares, Rows, lane_count


def dealt(counts, workers, lanes):
    """The rows of each worker, for source partitions of `counts` rows."""
    partition = np.repeat(np.arange(len(counts)), counts)
    position = np.concatenate([np.arange(count) for count in counts])
    owner = (partition + position) % lanes % workers
    return [
        Rows(partition[owner == worker], position[owner == worker], lanes)
        for worker in range(workers)
    ]


def order_of(counts, workers, lanes, epoch=0, shuffle=True, seed=5):
    """global position -> (partition, position), put together from all workers."""
    shards = dealt(counts, workers, lanes)
    totals = dict(enumerate(counts))
    sizes = sum(shard.lane_sizes() for shard in shards)
    result = {}
    for shard in shards:
        places = EpochOrder(shard, totals, sizes, seed).positions(epoch, shuffle)
        assert len(places) == len(shard.partition)
        rows = zip(shard.partition.tolist(), shard.position.tolist(), strict=True)
        result.update(zip(places.tolist(), rows, strict=True))
    return result


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=9).filter(any),
    st.integers(1, 7),
    st.booleans(),
)
def test_every_row_has_one_place_whatever_the_number_of_workers(counts, workers, shuffle):
    one = order_of(counts, 1, 12, shuffle=shuffle)
    many = order_of(counts, workers, 12, shuffle=shuffle)
    assert sorted(one) == list(range(sum(counts)))
    assert one == many


def test_without_shuffle_rows_come_in_the_order_of_the_data():
    order = order_of([3, 0, 2], 2, 12, shuffle=False)
    assert [order[place] for place in range(5)] == [(0, 0), (0, 1), (0, 2), (2, 0), (2, 1)]


@pytest.mark.parametrize("workers", [2, 3, 4, 5, 6])
def test_shuffled_batches_split_evenly(workers):
    lanes, counts = 60, [600, 600]
    shards = dealt(counts, workers, lanes)
    sizes = sum(shard.lane_sizes() for shard in shards)
    for shard in shards:
        order = EpochOrder(shard, dict(enumerate(counts)), sizes, seed=1)
        shares = EpochShares(order.positions(0, True), order.total, 12 * workers)
        sizes_seen = [len(shares[step].rows) for step in range(len(shares) - 1)]
        assert sizes_seen == [12] * (len(shares) - 1)


def test_epochs_and_seeds_give_other_orders_and_mix_well():
    counts = [700, 500]
    first = order_of(counts, 1, 60)
    assert first == order_of(counts, 1, 60)
    assert first != order_of(counts, 1, 60, epoch=1)
    assert first != order_of(counts, 1, 60, seed=6)
    starts = np.cumsum([0, *counts])
    moved = np.array([starts[first[place][0]] + first[place][1] for place in range(1200)])
    # Neighbours are unrelated: the correlation of a random order of 1200 stays below 0.1 almost surely.
    assert abs(np.corrcoef(moved, np.arange(1200))[0, 1]) < 0.1
    assert abs(np.corrcoef(moved[:-1], moved[1:])[0, 1]) < 0.1


def test_shares_cover_each_batch_exactly():
    counts = [11, 9]
    shards = dealt(counts, 3, 12)
    sizes = sum(shard.lane_sizes() for shard in shards)
    plans = []
    for shard in shards:
        order = EpochOrder(shard, dict(enumerate(counts)), sizes, seed=1)
        plans.append(EpochShares(order.positions(3, True), order.total, 8))
    assert [len(plan) for plan in plans] == [3, 3, 3]
    for step, size in enumerate([8, 8, 4]):
        shares = [plan[step] for plan in plans]
        assert {share.global_batch for share in shares} == {size}
        places = np.concatenate([share.batch_rows for share in shares])
        assert sorted(places.tolist()) == list(range(size))


def test_lanes_grow_with_the_data():
    assert [lane_count(n, 2) for n in (1, 1199, 1200, 100_799, 100_800)] == [12, 12, 60, 60, 5040]
    assert lane_count(10, 13) == 60
    with pytest.raises(ValueError, match="5040 workers"):
        lane_count(10, 6000)
