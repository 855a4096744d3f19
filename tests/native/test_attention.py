"""Attention over more queries than one block of them, against the truth."""

import numpy as np
import pytest

from tests.native.compare import assert_equals_truth, truth_of

CLOSE = {"rtol": 2e-5, "atol": 2e-5}


def operands(masked, drawn):
    rng = np.random.default_rng(0)

    def normal(*shape):
        return rng.standard_normal(shape).astype("float32")

    extras = []
    if masked:
        seen = rng.random((2, 1, 37, 1700)) < 0.5
        seen[1, 0, 20] = False  # a query that sees nothing
        extras.append(seen)
    extras += [np.array([3, 4], "uint32"), np.array([7, 2], "int32")][:drawn]
    return [normal(2, 37, 2, 8), normal(2, 1700, 2, 8), normal(2, 1700, 2, 4), *extras], normal


@pytest.mark.parametrize(
    ("masked", "drawn", "spreads"), [(False, 0, True), (True, 1, True), (True, 2, False)]
)
def test_blocks_of_queries(masked, drawn, spreads):
    arrays, normal = operands(masked, drawn)
    attrs = {
        "scale": 0.4,
        "masked": masked,
        "rate": 0.3 if drawn else 0.0,
        "spreads": spreads,
    }
    assert_equals_truth("attention", *arrays, **CLOSE, **attrs)
    out, stats = truth_of("attention", arrays, attrs)
    slopes = normal(*out.shape)
    assert_equals_truth("attention_grad", slopes, *arrays[:3], stats, *arrays[3:], **CLOSE, **attrs)


def test_one_mask_for_all_queries():
    arrays, _ = operands(True, 0)
    arrays[3] = np.ascontiguousarray(arrays[3][:, :, :1])
    attrs = {"scale": 0.4, "masked": True, "rate": 0.0, "spreads": True}
    assert_equals_truth("attention", *arrays, **CLOSE, **attrs)
