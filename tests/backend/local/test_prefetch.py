"""Items made by a thread ahead of their use."""

import threading
import time

import pytest

from bigdl_backend.local.prefetch import prefetch


def test_order_and_end():
    assert list(prefetch(range(50), depth=3)) == list(range(50))
    assert list(prefetch([])) == []


def test_only_so_many_are_ready():
    made = []

    def items():
        for i in range(20):
            made.append(i)
            yield i

    ahead = prefetch(items(), depth=2)
    assert next(ahead) == 0
    deadline = time.monotonic() + 5
    while len(made) < 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.05)
    assert len(made) == 4  # one used, two ready, one waiting for room
    ahead.close()


def test_errors_come_in_their_place():
    def items():
        yield 1
        raise ArithmeticError("three")

    ahead = prefetch(items())
    assert next(ahead) == 1
    with pytest.raises(ArithmeticError, match="three"):
        next(ahead)


def test_an_abandoned_source_is_left_alone():
    before = threading.active_count()
    ahead = prefetch(iter(int, 1))
    next(ahead)
    ahead.close()
    assert threading.active_count() == before
