"""Native sorting against its NumPy truth."""

import numpy as np
import pytest

from bigdl_native import make_kernel
from tests.native.compare import assert_equals_truth, run_kernel

DTYPES = ["float32", "float64", "bfloat16", "float16", "int32", "int64", "uint32", "uint8", "bool"]
SHAPES = [
    ((50,), 0),
    ((3, 40), 1),
    ((40, 3), 0),
    ((2, 30, 4), 1),
    ((3, 1), 1),
    ((0, 4), 1),
    ((4, 0), 1),
]


def with_repeats(dtype, *shape):
    """Few different values, both signs, extremes, and for floats zeros of both signs, infinities and NaN."""
    rng = np.random.default_rng(0)
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype in ("int32", "int64", "uint32", "uint8"):
        info = np.iinfo(dtype)
        values = [info.min, info.max, 0, 1, 5, max(info.min, -3)]
    else:
        values = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1.5, -2.5, 3.0]
    return rng.choice(values, shape).astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("shape", "axis"), SHAPES)
def test_sort_and_argsort(shape, axis, dtype):
    x = with_repeats(dtype, *shape)
    if dtype != "bfloat16":  # NumPy does not know where its NaNs belong
        assert_equals_truth("sort", x, axis=axis)
        assert_equals_truth("argsort", x, axis=axis)
    plain = np.random.default_rng(0).integers(0, 9, shape).astype(dtype)
    assert_equals_truth("sort", plain, axis=axis)
    assert_equals_truth("argsort", plain, axis=axis)


def test_a_nan_of_bfloat16_is_last():
    x = np.array([np.nan, 1, -np.inf, np.inf, -0.0], "bfloat16")
    (order,) = run_kernel("argsort", [x], [np.empty(5, "int32")], {"axis": 0})
    assert order.tolist() == [2, 4, 1, 3, 0]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("shape", "k"), [((50,), 7), ((3, 40), 1), ((2, 3, 9), 9), ((5, 4), 0)])
def test_top_k(shape, k, dtype):
    assert_equals_truth("top_k", np.random.default_rng(0).integers(0, 9, shape).astype(dtype), k=k)
    if dtype != "bfloat16":
        assert_equals_truth("top_k", with_repeats(dtype, *shape), k=k)


def test_large_operands_on_any_team():
    x = np.random.default_rng(0).standard_normal((300, 200)).astype("float32")
    for axis in (0, 1):
        assert_equals_truth("sort", x, axis=axis)
    assert_equals_truth("top_k", x, k=5)


def test_dtypes_without_native_code():
    x = ("int16", (3, 4))
    assert make_kernel("sort", [x], [x], {"axis": 1}) is None


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "int64"])
def test_searchsorted(side, dtype):
    line = np.array([-3, -1, -1, 0, 2, 5], dtype)
    values = np.arange(-5, 8).astype(dtype).reshape(1, 13)
    if dtype.startswith("float"):
        values[0, 3] = np.nan
    assert_equals_truth("searchsorted", line, values, side=side)
