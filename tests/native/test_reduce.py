"""Native reductions and scans against their NumPy truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigdl_native import make_kernel
from tests.native.compare import assert_equals_truth, run_kernel, spec

SUMS = ["reduce_sum", "reduce_prod"]
EXTREMES = ["reduce_max", "reduce_min"]


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


@st.composite
def reductions(draw, min_size=1):
    """A shape and some of its axes."""
    sizes = st.sampled_from([n for n in (0, 1, 2, 3, 7, 70, 300) if n >= min_size])
    shape = draw(st.lists(sizes, min_size=1, max_size=4).filter(lambda s: np.prod(s) < 100_000))
    axes = draw(st.sets(st.integers(0, len(shape) - 1)))
    return tuple(shape), tuple(sorted(axes))


@settings(max_examples=60, deadline=None)
@given(reductions(min_size=0), st.booleans())
def test_sums_over_any_axes(case, keepdims):
    shape, axes = case
    x = normal(*shape)
    close = 1e-6 * max(1, np.sqrt(x.size))
    assert_equals_truth("reduce_sum", x, axes=axes, keepdims=keepdims, rtol=close, atol=close)
    assert_equals_truth("reduce_prod", np.exp(x / 100), axes=axes, keepdims=keepdims, rtol=close)


@settings(max_examples=40, deadline=None)
@given(reductions(), st.sampled_from(["float32", "float64", "int32", "uint8", "bfloat16"]))
def test_extremes_over_any_axes(case, dtype):
    shape, axes = case
    x = np.random.default_rng(0).integers(0, 200, shape).astype(dtype)
    for name in EXTREMES:
        assert_equals_truth(name, x, axes=axes, keepdims=False)


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint32", "uint8"])
@pytest.mark.parametrize("axes", [(0,), (1,), (0, 1)])
def test_integers_wrap_around(dtype, axes):
    info = np.iinfo(dtype)
    x = np.random.default_rng(0).integers(info.min, info.max, (70, 90)).astype(dtype)
    for name in SUMS:
        assert_equals_truth(name, x, axes=axes, keepdims=False)


@pytest.mark.parametrize(
    ("shape", "axes"), [((70, 90), (1,)), ((400, 90), (0,)), ((20, 6, 5), (0, 2)), ((5000,), (0,))]
)
def test_a_nan_anywhere_is_the_extreme(shape, axes):
    for place in (0, 1, int(np.prod(shape)) // 2, -1):
        x = normal(*shape)
        x.reshape(-1)[place] = np.nan
        for name in EXTREMES:
            assert_equals_truth(name, x, axes=axes, keepdims=False)


@pytest.mark.parametrize("name", EXTREMES)
def test_extremes_of_infinities(name):
    x = np.array([[np.inf, -np.inf], [-np.inf, -np.inf], [np.inf, np.inf]], "float32")
    assert_equals_truth(name, x, axes=(1,), keepdims=False)


@pytest.mark.parametrize("shape", [(3_000_000,), (30_000, 100), (100, 30_000), (40, 300, 250)])
@pytest.mark.parametrize("axis", [0, -1])
def test_long_float32_sums_round_like_float64_ones(shape, axis):
    x = np.random.default_rng(0).uniform(0, 1, shape).astype("float32")
    axes = (axis % len(shape),)
    exact = x.sum(axis=axes, dtype="float64")
    (y,) = run_kernel(
        "reduce_sum", [x], [exact.astype("float32")], {"axes": axes, "keepdims": False}
    )
    np.testing.assert_allclose(y, exact, rtol=3e-7)


@pytest.mark.parametrize(
    ("shape", "axes"), [((3_000_000,), (0,)), ((30_000, 37), (0,)), ((64, 3, 5000), (0, 2))]
)
def test_the_number_of_threads_changes_no_bit(shape, axes):
    x = normal(*shape)
    outputs = [np.empty(np.sum(x, axis=axes).shape, "float32")]
    attrs = {"axes": axes, "keepdims": False}
    one, two, three = [run_kernel("reduce_sum", [x], outputs, attrs, n)[0] for n in (1, 2, 3)]
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(one, three)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_halves_are_summed_in_float32(dtype):
    x = np.full((1000, 3), 0.1).astype(dtype)
    for axes in [(0,), (0, 1)]:
        assert_equals_truth("reduce_sum", x, axes=axes, keepdims=False, rtol=1e-2)


@pytest.mark.parametrize("name", ["reduce_any", "reduce_all"])
@pytest.mark.parametrize("axes", [(0,), (1,), (0, 2), ()])
def test_truth_values(name, axes):
    rng = np.random.default_rng(0)
    for density in (0.02, 0.98):
        assert_equals_truth(name, rng.random((40, 50, 3)) < density, axes=axes, keepdims=False)


@pytest.mark.parametrize("name", ["argmax", "argmin"])
@pytest.mark.parametrize(
    "dtype", ["float32", "float64", "int32", "int64", "uint8", "bfloat16", "bool"]
)
@pytest.mark.parametrize(
    ("shape", "axis"), [((50, 7), 1), ((5, 300), 1), ((30, 600), 0), ((4, 9, 5), 1)]
)
def test_the_first_of_equal_extremes(name, dtype, shape, axis):
    x = np.random.default_rng(0).integers(0, 2 if dtype == "bool" else 5, shape).astype(dtype)
    assert_equals_truth(name, x, axis=axis)


@pytest.mark.parametrize("name", ["argmax", "argmin"])
@pytest.mark.parametrize(("shape", "axis"), [((6, 40), 1), ((40, 6), 0)])
def test_the_first_nan_is_the_extreme(name, shape, axis):
    x = normal(*shape)
    places = np.moveaxis(x, axis, -1)
    places[1, 3] = places[1, 30] = places[2, 0] = places[3, 39] = np.nan
    places[4] = -np.inf
    places[5] = np.inf
    assert_equals_truth(name, x, axis=axis)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(
    ("shape", "axis"), [((20, 70), 1), ((70, 600), 0), ((4, 9, 5), 1), ((9,), 0)]
)
def test_scans(shape, axis, reverse):
    for dtype in ("float32", "float64", "int32", "bfloat16"):
        x = np.random.default_rng(0).integers(-3, 4, shape).astype(dtype)
        assert_equals_truth("cumsum", x, axis=axis, reverse=reverse)
        assert_equals_truth("cumprod", x % 3, axis=axis, reverse=reverse)


def test_a_large_scan_on_any_team():
    x = np.random.default_rng(0).integers(-3, 4, (600, 700)).astype("float32")
    for axis in (0, 1):
        assert_equals_truth("cumsum", x, axis=axis, reverse=False)


def test_dtypes_without_native_code():
    x, y = ("int16", (3, 4)), ("int16", (3,))
    assert make_kernel("reduce_sum", [x], [y], {"axes": (1,), "keepdims": False}) is None
    assert make_kernel("reduce_any", [spec(normal(3))], [("bool", ())], {"axes": (0,)}) is None
