"""Native recurrent layers over sequences against their NumPy truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigdl_native import make_kernel
from tests.native.compare import assert_equals_truth, spec, truth_of

CLOSE = {"rtol": 2e-5, "atol": 2e-5}


def normal(rng, *shape):
    return (rng.standard_normal(shape) * 0.5).astype("float32")


def mask_of(rng, kind, batch, steps):
    """No gap, ends of different lengths, or gaps anywhere."""
    if kind == "full":
        return np.ones((batch, steps), bool)
    if kind == "ends":
        return np.arange(steps) < rng.integers(0, steps + 1, (batch, 1))
    return rng.random((batch, steps)) < 0.6


def lstm_operands(batch, steps, inputs, units, mask="full"):
    rng = np.random.default_rng(0)
    return [
        normal(rng, batch, steps, inputs),
        normal(rng, batch, units),
        normal(rng, batch, units),
        normal(rng, inputs, 4 * units),
        normal(rng, units, 4 * units),
        normal(rng, 4 * units),
        mask_of(rng, mask, batch, steps),
    ]


def gru_operands(batch, steps, inputs, units, mask="full"):
    rng = np.random.default_rng(0)
    return [
        normal(rng, batch, steps, inputs),
        normal(rng, batch, units),
        normal(rng, inputs, 3 * units),
        normal(rng, units, 3 * units),
        normal(rng, 2, 3 * units),
        mask_of(rng, mask, batch, steps),
    ]


sizes = st.tuples(st.integers(1, 5), st.integers(1, 6), st.integers(1, 9), st.integers(1, 20))
masks = st.sampled_from(["full", "ends", "gaps"])


def check_lstm(operands, threads=(1, 2)):
    assert_equals_truth("lstm", *operands, threads=threads, **CLOSE)
    x, h0, c0, kernel, recurrent, _bias, mask = operands
    hs, cs, gates = truth_of("lstm", operands, {})
    rng = np.random.default_rng(1)
    dhs, dcs = normal(rng, *hs.shape), normal(rng, *cs.shape)
    inputs = [dhs, dcs, x, h0, c0, kernel, recurrent, mask, hs, cs, gates]
    assert_equals_truth("lstm_grad", *inputs, threads=threads, **CLOSE)


def check_gru(operands, reset_after, threads=(1, 2)):
    assert_equals_truth("gru", *operands, threads=threads, reset_after=reset_after, **CLOSE)
    x, h0, kernel, recurrent, _bias, mask = operands
    hs, gates = truth_of("gru", operands, {"reset_after": reset_after})
    dhs = normal(np.random.default_rng(1), *hs.shape)
    inputs = [dhs, x, h0, kernel, recurrent, mask, hs, gates]
    assert_equals_truth("gru_grad", *inputs, threads=threads, reset_after=reset_after, **CLOSE)


@settings(max_examples=30, deadline=None)
@given(sizes, masks)
def test_lstm_and_its_gradient(size, mask):
    check_lstm(lstm_operands(*size, mask), threads=(1,))


@settings(max_examples=40, deadline=None)
@given(sizes, masks, st.booleans())
def test_gru_and_its_gradient(size, mask, reset_after):
    check_gru(gru_operands(*size, mask), reset_after, threads=(1,))


@pytest.mark.parametrize("mask", ["full", "gaps"])
def test_lstm_on_a_team(mask):
    check_lstm(lstm_operands(9, 12, 33, 40, mask))


@pytest.mark.parametrize("reset_after", [False, True])
def test_gru_on_a_team(reset_after):
    check_gru(gru_operands(9, 12, 33, 40, "gaps"), reset_after)


def test_weights_large_enough_for_tiles():
    check_lstm(lstm_operands(20, 4, 160, 96, "gaps"))
    check_gru(gru_operands(20, 4, 160, 128, "gaps"), True)


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_numbers_that_do_not_split_stay_in_their_row(value):
    operands = lstm_operands(20, 3, 160, 96)
    operands[0][7, 1, 5] = value
    expected = truth_of("lstm", operands, {})
    kernel = make_kernel("lstm", [spec(a) for a in operands], [spec(a) for a in expected])
    results = [np.empty_like(a) for a in expected]
    kernel.run(operands, results, 1)
    others = np.arange(20) != 7
    for result, truth in zip(results, expected, strict=True):
        np.testing.assert_allclose(result[others], truth[others], **CLOSE)


def test_more_threads_than_rows():
    check_lstm(lstm_operands(1, 30, 40, 50), threads=(2, 3))
    check_gru(gru_operands(1, 30, 40, 50), True, threads=(2, 3))


def test_a_kernel_made_for_a_team_runs_on_one_thread():
    operands = lstm_operands(8, 12, 33, 40)
    expected = truth_of("lstm", operands, {})
    kernel = make_kernel("lstm", [spec(a) for a in operands], [spec(a) for a in expected], {}, 2)
    results = [np.empty_like(a) for a in expected]
    kernel.run(operands, results, 1)
    for result, truth in zip(results, expected, strict=True):
        np.testing.assert_allclose(result, truth, **CLOSE)


@pytest.mark.parametrize("size", [(0, 3, 2, 4), (2, 0, 2, 4)])
def test_empty_sequences_are_left_to_numpy(size):
    operands = lstm_operands(*size)
    outputs = truth_of("lstm", operands, {})
    assert make_kernel("lstm", [spec(a) for a in operands], [spec(a) for a in outputs]) is None


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_halves_run_in_float32(dtype):
    def halves(arrays):
        return [a if a.dtype == bool else a.astype(dtype) for a in arrays]

    close = {"rtol": 2e-2, "atol": 2e-2}
    operands = halves(lstm_operands(3, 4, 5, 6, "gaps"))
    assert_equals_truth("lstm", *operands, **close)
    *inputs, _bias, mask = operands
    states = truth_of("lstm", operands, {})
    assert_equals_truth("lstm_grad", states[0], states[1], *inputs, mask, *states, **close)
    operands = halves(gru_operands(3, 4, 5, 6, "gaps"))
    *inputs, _bias, mask = operands
    states = truth_of("gru", operands, {"reset_after": True})
    assert_equals_truth("gru", *operands, reset_after=True, **close)
    inputs = [states[0], *inputs, mask, *states]
    assert_equals_truth("gru_grad", *inputs, reset_after=True, **close)


def test_float64_is_left_to_numpy():
    operands = [a if a.dtype == bool else a.astype("float64") for a in gru_operands(2, 3, 2, 4)]
    outputs = truth_of("gru", operands, {"reset_after": True})
    specs = [spec(a) for a in operands], [spec(a) for a in outputs]
    assert make_kernel("gru", *specs, {"reset_after": True}) is None
