"""Native random bits against the truth's and the published test vectors."""

import numpy as np
import pytest

from tests.native.compare import assert_equals_truth, run_kernel

KEY = np.array([0xDEADBEEF, 0x12345678], "uint32")


@pytest.mark.parametrize(
    "shape", [(), (1,), (7,), (64,), (1000,), (3, 5), (5, 3, 7), (2, 64), (0,), (4, 0)]
)
def test_bits_by_position(shape):
    assert_equals_truth("random_bits", KEY, shape=shape)


@pytest.mark.parametrize("row_size", [1, 3, 4, 100, 257])
def test_bits_by_row_number(row_size):
    rows = np.array([5, 0, 2**31 - 1, 12, 5], "int32")
    assert_equals_truth("random_bits", KEY, rows, shape=(5, row_size))


def test_any_number_of_threads_draws_the_same():
    shape = (1000, 301)
    one, two, three = [
        run_kernel("random_bits", [KEY], [np.empty(shape, "uint32")], {"shape": shape}, n)[0]
        for n in (1, 2, 3)
    ]
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(one, three)
    rows = np.arange(1000, dtype="int32")
    (by_row,) = run_kernel("random_bits", [KEY, rows], [one], {"shape": shape}, 2)
    np.testing.assert_array_equal(by_row, one)


def test_the_first_published_vector():
    # Counter and key zero: kat_vectors of Random123.
    (bits,) = run_kernel(
        "random_bits", [np.zeros(2, "uint32")], [np.empty(4, "uint32")], {"shape": (4,)}
    )
    assert [hex(b) for b in bits] == ["0x6627e8d5", "0xe169c58d", "0xbc57ac4c", "0x9b00dbd8"]
