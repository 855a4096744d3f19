"""Which rows form which global batch, and which worker holds them: the same order for every number of workers.

A row is known by (source partition, position in it). Its lane is ``(partition + position) % lanes`` and worker
``lane % workers`` holds it, so partitions of any size, a single row even, spread evenly. An epoch's shuffled order
deals one row of every lane a round. Inside a round the lanes follow ``(lane - shift) * stride`` with a stride coprime
to the number of lanes: that keeps every ``workers`` neighbours on different workers wherever `workers` divides
`lanes`, so that each worker gets the same share of each batch, while the order itself never depends on `workers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd

import numpy as np

# Highly composite, so that common worker counts divide them. More of them where the rows suffice
# to leave each lane some rows to choose from.
_LANES = (12, 60, 5040)
_ROWS_A_LANE = 20


def lane_count(rows: int, workers: int) -> int:
    """How many lanes `rows` rows are dealt from; at least one a worker. ValueError above 5040 workers."""
    fitting = [lanes for lanes in _LANES if lanes >= workers]
    if not fitting:
        raise ValueError(f"at most {_LANES[-1]} workers are supported, got {workers}")
    roomy = [lanes for lanes in fitting if rows >= _ROWS_A_LANE * lanes]
    return roomy[-1] if roomy else fitting[0]


@dataclass(frozen=True)
class Rows:
    """The rows one worker holds, in storage order.

    Attributes:
        partition: int64[n], source partition of each row.
        position: int64[n], its position in that partition.
        lanes: how many lanes there are.
    """

    partition: np.ndarray
    position: np.ndarray
    lanes: int

    @property
    def lane(self) -> np.ndarray:
        """The lane of each row, int64[n]."""
        return (self.partition + self.position) % self.lanes

    def partition_counts(self) -> dict[int, int]:
        """How many rows of each source partition are here."""
        values, counts = np.unique(self.partition, return_counts=True)
        return dict(zip(values.tolist(), counts.tolist(), strict=True))

    def lane_sizes(self) -> np.ndarray:
        """How many rows of each lane are here, int64[lanes]."""
        return np.bincount(self.lane, minlength=self.lanes)


class EpochOrder:
    """The place of one worker's rows in every epoch's order.

    Args:
        rows: this worker's rows; it holds each of its lanes whole.
        partition_counts: rows of every source partition, over all workers.
        lane_sizes: rows of every lane, over all workers.
        seed: the same on all workers.
    """

    def __init__(
        self, rows: Rows, partition_counts: Mapping[int, int], lane_sizes: np.ndarray, seed: int
    ):
        self._sizes = np.asarray(lane_sizes, np.int64)
        self._seed = seed
        self.total = int(self._sizes.sum())
        names = np.array(sorted(partition_counts), np.int64)
        counts = np.array([partition_counts[name] for name in names.tolist()], np.int64)
        offsets = np.cumsum(counts) - counts
        self._global = offsets[np.searchsorted(names, rows.partition)] + rows.position
        self._by_lane = np.lexsort((self._global, rows.lane))
        self._own_lanes = np.flatnonzero(rows.lane_sizes())
        self._lane = rows.lane[self._by_lane]

    def positions(self, epoch: int, shuffle: bool) -> np.ndarray:
        """The place of each row in the order of `epoch`, int64[n]; the DataFrame's own order without shuffle."""
        if not shuffle or not self._lane.size:
            return self._global
        turn = np.concatenate(
            [
                self._generator(epoch, lane + 1).permutation(self._sizes[lane])
                for lane in self._own_lanes.tolist()
            ]
        )
        lanes = self._sizes.size
        rounds = int(self._sizes.max())
        generator = self._generator(epoch, 0)
        strides = generator.choice([s for s in range(lanes) if gcd(s, lanes) == 1], rounds)
        shifts = generator.integers(0, lanes, rounds)
        slot = (self._lane - shifts[turn]) * strides[turn] % lanes
        place = turn * lanes + slot
        full = int(self._sizes.min())
        start = full * lanes
        for late in range(full, rounds):
            # Some lanes have run out: those present close ranks.
            present = np.flatnonzero(self._sizes > late)
            taken = np.sort((present - shifts[late]) * strides[late] % lanes)
            mine = turn == late
            place[mine] = start + np.searchsorted(taken, slot[mine])
            start += present.size
        result = np.empty_like(place)
        result[self._by_lane] = place
        return result

    def _generator(self, epoch: int, stream: int) -> np.random.Generator:
        return np.random.Generator(
            np.random.Philox(np.random.SeedSequence([self._seed, epoch, stream]))
        )


@dataclass(frozen=True)
class Share:
    """One worker's part of one global batch.

    Attributes:
        rows: int64[n], which of the worker's rows.
        batch_rows: int32[n], their places in the global batch.
        global_batch: rows of the whole batch on all workers.
    """

    rows: np.ndarray
    batch_rows: np.ndarray
    global_batch: int


class EpochShares:
    """An epoch cut into global batches, seen by one worker."""

    def __init__(self, positions: np.ndarray, total: int, batch_size: int):
        self._order = np.argsort(positions)
        self._sorted = positions[self._order]
        self._total = total
        self._batch_size = batch_size

    def __len__(self) -> int:
        return -(-self._total // self._batch_size)

    def __getitem__(self, step: int) -> Share:
        first = step * self._batch_size
        last = min(first + self._batch_size, self._total)
        begin, end = np.searchsorted(self._sorted, (first, last))
        places = (self._sorted[begin:end] - first).astype(np.int32)
        return Share(self._order[begin:end], places, last - first)
