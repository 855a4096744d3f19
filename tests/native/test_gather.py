"""Native gather and scatter against their NumPy truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigdl_native import make_kernel
from tests.native.compare import assert_equals_truth, run_kernel, spec


def whole(*shape, dtype="float32", seed=0):
    """Small integers: their sums are exact in every dtype and order."""
    return np.random.default_rng(seed).integers(-3, 4, shape).astype(dtype)


@st.composite
def lookups(draw):
    """An operand, an axis of it, and indices along that axis."""
    shape = draw(st.lists(st.sampled_from([1, 2, 3, 9]), min_size=1, max_size=3))
    axis = draw(st.integers(0, len(shape) - 1))
    indices_shape = draw(st.lists(st.integers(0, 4), max_size=2))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    dtype = draw(st.sampled_from(["int32", "int64", "uint8"]))
    low = 0 if dtype == "uint8" else -shape[axis]
    indices = rng.integers(low, shape[axis], indices_shape).astype(dtype)
    return shape, axis, indices


@settings(max_examples=60, deadline=None)
@given(lookups(), st.sampled_from(["float32", "float64", "bfloat16", "int32", "bool"]))
def test_gather(case, dtype):
    shape, axis, indices = case
    assert_equals_truth("gather", whole(*shape, dtype=dtype), indices, threads=(1,), axis=axis)


@settings(max_examples=60, deadline=None)
@given(lookups(), st.sampled_from(["float32", "float64", "bfloat16", "float16", "int32", "int64"]))
def test_scatter_add(case, dtype):
    shape, axis, indices = case
    updates = whole(*shape[:axis], *indices.shape, *shape[axis + 1 :], dtype=dtype, seed=1)
    x = whole(*shape, dtype=dtype)
    assert_equals_truth("scatter_add", x, indices, updates, threads=(1,), axis=axis)


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("count", [(), (6,), (2, 3), (0,)])
def test_index_vectors(depth, count):
    x = whole(4, 3, 5)
    rng = np.random.default_rng(0)
    indices = np.stack([rng.integers(-n, n, count) for n in x.shape[:depth]], -1).astype("int32")
    updates = whole(*count, *x.shape[depth:], seed=1)
    assert_equals_truth("gather_nd", x, indices)
    assert_equals_truth("scatter_nd_add", x, indices, updates)


def test_an_embedding_and_its_gradient_on_any_team():
    table = whole(1000, 64)
    indices = np.random.default_rng(0).integers(0, 1000, (100, 50)).astype("int32")
    assert_equals_truth("gather", table, indices, axis=0)
    updates = whole(100, 50, 64, seed=1)
    assert_equals_truth("scatter_add", table, indices, updates, axis=0)


def test_the_number_of_threads_changes_no_bit_of_a_sum():
    rng = np.random.default_rng(0)
    indices = rng.integers(0, 10, 20_000).astype("int32")
    updates = rng.standard_normal((20_000, 32)).astype("float32")
    x = np.zeros((10, 32), "float32")
    arrays, attrs = [x, indices, updates], {"axis": 0}
    one, two = [run_kernel("scatter_add", arrays, [x], attrs, threads)[0] for threads in (1, 2)]
    np.testing.assert_array_equal(one, two)


def test_indices_out_of_range_stay_inside_the_operand():
    x = whole(5, 2)
    indices = np.array([-100, 100, 2], "int64")
    (y,) = run_kernel("gather", [x, indices], [x[:3]], {"axis": 0})
    np.testing.assert_array_equal(y, x[[0, 4, 2]])


def test_scatter_adds_in_place():
    x = np.zeros((4, 3), "float32")
    indices, updates = np.array([1, 1], "int32"), np.ones((2, 3), "float32")
    kernel = make_kernel(
        "scatter_add", [spec(x), spec(indices), spec(updates)], [spec(x)], {"axis": 0}
    )
    assert kernel.in_place(0) == 0
    kernel.run([x, indices, updates], [x])
    np.testing.assert_array_equal(x.sum(1), [0, 6, 0, 0])


def test_operands_without_native_code():
    x, floats = spec(whole(4, 3)), ("float32", (2,))
    assert make_kernel("gather", [x, floats], [("float32", (2, 3))], {"axis": 0}) is None
    nothing = ("float32", (0, 3))
    assert (
        make_kernel("gather", [nothing, ("int32", (2,))], [("float32", (2, 3))], {"axis": 0})
        is None
    )
