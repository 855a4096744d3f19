"""Placement of buffers in the arena."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bigdl_backend.graph.arena import ALIGNMENT, Lifetime, place

lifetimes = st.lists(
    st.tuples(st.integers(0, 200_000), st.integers(0, 20), st.integers(0, 8)).map(
        lambda t: Lifetime(t[0], t[1], t[1] + t[2])
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(lifetimes)
def test_contemporaries_never_overlap(lives):
    offsets, total = place(lives)
    for offset, life in zip(offsets, lives, strict=True):
        assert offset % ALIGNMENT == 0
        assert offset + life.size <= total
    for i, a in enumerate(lives):
        for j, b in enumerate(lives[:i]):
            if a.size and b.size and a.first <= b.last and b.first <= a.last:
                assert offsets[i] + a.size <= offsets[j] or offsets[j] + b.size <= offsets[i]


def test_memory_of_the_dead_is_used_again():
    lives = [Lifetime(1 << 20, step, step + 1) for step in range(0, 40, 2)]
    _, total = place(lives)
    assert total < 1.1 * (1 << 20)


def test_gap_is_filled():
    around = [Lifetime(6400, 0, 9), Lifetime(640, 0, 1), Lifetime(6336, 0, 9)]
    offsets, total = place([*around, Lifetime(640, 5, 6)])
    assert offsets[3] == offsets[1]
    assert total == 6400 + 640 + 6336


def test_large_buffers_start_at_different_places_of_a_page():
    offsets, _ = place([Lifetime(1 << 16, 0, 1)] * 4)
    assert len({offset % 4096 for offset in offsets}) == 4


def test_nothing_needs_no_memory():
    assert place([]) == ([], 0)
    assert place([Lifetime(0, 0, 5)]) == ([0], 0)
