"""Placing buffers with known lifetimes in one block of memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ALIGNMENT = 64
_PAGE = 4096
_LARGE = 4 * _PAGE
_STAGGER = 13 * ALIGNMENT


@dataclass(frozen=True)
class Lifetime:
    """A buffer of `size` bytes needed from step `first` to step `last`, both included."""

    size: int
    first: int
    last: int


def place(lifetimes: list[Lifetime]) -> tuple[list[int], int]:
    """Returns an offset for every buffer and the bytes needed for all.

    Buffers that live at the same time never overlap. The largest buffers are placed first, each in
    the smallest gap that holds it between its contemporaries. Offsets are multiples of 64; buffers
    of a few pages and more start at different offsets within a page, because a kernel that streams
    through several buffers with one page offset makes them compete for the same cache sets.
    """
    count = len(lifetimes)
    first = np.array([life.first for life in lifetimes], dtype=np.int64)
    last = np.array([life.last for life in lifetimes], dtype=np.int64)
    starts = np.zeros(count, dtype=np.int64)
    ends = np.zeros(count, dtype=np.int64)
    placed = np.zeros(count, dtype=bool)
    by_size = sorted(range(count), key=lambda i: (-lifetimes[i].size, lifetimes[i].first))
    for turn, index in enumerate(by_size):
        size = lifetimes[index].size
        if size == 0:
            continue
        skew = turn * _STAGGER % _PAGE if size >= _LARGE else None
        rivals = placed & (first <= last[index]) & (last >= first[index])
        order = np.argsort(starts[rivals], kind="stable")
        offset = _best_gap(starts[rivals][order], ends[rivals][order], size, skew)
        starts[index], ends[index], placed[index] = offset, offset + size, True
    return starts.tolist(), int(ends.max(initial=0))


def _best_gap(starts: np.ndarray, ends: np.ndarray, size: int, skew: int | None) -> int:
    """The start of the smallest gap that holds `size` bytes, or the end of everything."""
    frontiers = np.maximum.accumulate(np.concatenate(([0], ends)))
    offsets = _next_offsets(frontiers, skew)
    fitting = np.flatnonzero(offsets[:-1] + size <= starts)
    if not len(fitting):
        return int(offsets[-1])
    rooms = starts[fitting] - frontiers[fitting]
    return int(offsets[fitting[np.argmin(rooms)]])


def _next_offsets(frontiers: np.ndarray, skew: int | None) -> np.ndarray:
    """The first offset from each frontier on that suits."""
    if skew is None:
        return -(-frontiers // ALIGNMENT) * ALIGNMENT
    return frontiers + (skew - frontiers) % _PAGE
