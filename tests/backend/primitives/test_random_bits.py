"""Random bits against the published answers of Philox4x32-10."""

import numpy as np

from bigdl_backend.primitives import functional as F
from bigdl_backend.primitives.random import philox


def test_known_answer() -> None:
    words = philox(np.zeros(1, np.uint64), np.zeros(2, np.uint32))
    assert [hex(word) for word in words[0]] == [
        "0x6627e8d5",
        "0xe169c58d",
        "0xbc57ac4c",
        "0x9b00dbd8",
    ]


def test_rows_are_drawn_alike_on_any_worker() -> None:
    key = np.array([3, 4], np.uint32)
    whole = F.random.random_bits(key, (8, 3))
    rows = np.array([6, 1, 3], np.int32)
    np.testing.assert_array_equal(F.random.random_bits(key, (3, 3), rows), whole[rows])
    for draw in (F.random.normal, F.random.truncated_normal, F.random.exponential):
        part = draw(key, (3, 2), rows=rows)
        np.testing.assert_allclose(part, draw(key, (8, 2))[rows], rtol=1e-6)


def test_distributions_have_their_moments() -> None:
    key, shape = np.array([1, 2], np.uint32), (40000,)
    for sample, mean, deviation in (
        (F.random.uniform(key, shape, -1, 3), 1.0, 4 / 12**0.5),
        (F.random.normal(key, shape), 0.0, 1.0),
        (F.random.truncated_normal(key, shape), 0.0, 0.87962),
        (F.random.exponential(key, shape), 1.0, 1.0),
        (F.random.gumbel(key, shape), 0.57722, 1.28255),
        (F.random.bernoulli(key, shape, 0.3), 0.3, 0.21**0.5),
        (F.random.randint(key, shape, 2, 7), 4.0, 2**0.5),
    ):
        assert abs(sample.mean() - mean) < 0.02
        assert abs(sample.std() - deviation) < 0.02
