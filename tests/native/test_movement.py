"""Native movement of elements against its NumPy truth."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigdl_native import make_kernel
from tests.native.compare import assert_equals_truth, spec

DTYPES = ["float32", "float64", "bfloat16", "int64", "uint8", "bool"]
dtypes = st.sampled_from(DTYPES)
shapes = st.lists(st.sampled_from([1, 2, 3, 17, 40]), max_size=4).map(tuple)


def count(*shape, dtype="float32"):
    """Different numbers in every place, as far as the dtype has them."""
    return (np.arange(np.prod(shape, dtype=int)) % 251).reshape(shape).astype(dtype)


@settings(max_examples=60, deadline=None)
@given(st.data(), shapes, dtypes)
def test_transpose(data, shape, dtype):
    perm = tuple(data.draw(st.permutations(range(len(shape)))))
    assert_equals_truth("transpose", count(*shape, dtype=dtype), threads=(1,), perm=perm)


@pytest.mark.parametrize(
    ("shape", "perm"),
    [
        ((700, 900), (1, 0)),
        ((4, 100, 90, 16), (0, 3, 1, 2)),
        ((4, 16, 100, 90), (0, 2, 3, 1)),
        ((64, 65, 66), (2, 1, 0)),
        ((100, 8, 70, 5), (0, 2, 1, 3)),
    ],
)
def test_large_transpose_on_any_team(shape, perm):
    x = np.random.default_rng(0).standard_normal(shape).astype("float32")
    assert_equals_truth("transpose", x, perm=perm)


def test_every_permutation_of_four_axes():
    for perm in itertools.permutations(range(4)):
        assert_equals_truth("transpose", count(3, 5, 2, 7), threads=(1,), perm=perm)


@settings(max_examples=40, deadline=None)
@given(st.data(), shapes, dtypes)
def test_broadcast_to(data, shape, dtype):
    own = [1 if data.draw(st.booleans()) else n for n in shape]
    own = own[data.draw(st.integers(0, len(own))) :]
    assert_equals_truth("broadcast_to", count(*own, dtype=dtype), threads=(1,), shape=shape)


@settings(max_examples=40, deadline=None)
@given(st.data(), shapes.filter(len), dtypes)
def test_concat(data, shape, dtype):
    axis = data.draw(st.integers(0, len(shape) - 1))
    sizes = data.draw(st.lists(st.integers(0, 5), min_size=1, max_size=4))
    parts = [count(*shape[:axis], n, *shape[axis + 1 :], dtype=dtype) for n in sizes]
    assert_equals_truth("concat", *parts, threads=(1,), axis=axis)


@settings(max_examples=40, deadline=None)
@given(st.data(), shapes, dtypes)
def test_slice(data, shape, dtype):
    starts = tuple(data.draw(st.integers(0, n)) for n in shape)
    limits = tuple(data.draw(st.integers(start, n)) for start, n in zip(starts, shape, strict=True))
    strides = tuple(data.draw(st.integers(1, 3)) for _ in shape)
    x = count(*shape, dtype=dtype)
    assert_equals_truth("slice", x, threads=(1,), starts=starts, limits=limits, strides=strides)


@settings(max_examples=40, deadline=None)
@given(st.data(), shapes, dtypes)
def test_reverse(data, shape, dtype):
    axes = tuple(sorted(data.draw(st.sets(st.sampled_from(range(len(shape)))))) if shape else ())
    assert_equals_truth("reverse", count(*shape, dtype=dtype), threads=(1,), axes=axes)


def padded(x, value, low, high, interior):
    """Padding element by element; negative counts cut."""
    shape = [
        lo + n + (n - 1) * inner + hi
        for n, lo, hi, inner in zip(x.shape, low, high, interior, strict=True)
    ]
    result = np.full(shape, value, x.dtype)
    for place in np.ndindex(x.shape):
        target = tuple(
            lo + i * (inner + 1) for i, lo, inner in zip(place, low, interior, strict=True)
        )
        if all(0 <= t < n for t, n in zip(target, shape, strict=True)):
            result[target] = x[place]
    return result


@settings(max_examples=80, deadline=None)
@given(st.data(), st.lists(st.integers(1, 6), min_size=1, max_size=3), dtypes)
def test_pad(data, shape, dtype):
    interior = tuple(data.draw(st.integers(0, 2)) for _ in shape)
    low = tuple(data.draw(st.integers(-4, 3)) for _ in shape)
    spans = [n + (n - 1) * inner + lo for n, inner, lo in zip(shape, interior, low, strict=True)]
    high = tuple(data.draw(st.integers(max(-4, -span), max(3, -span))) for span in spans)
    x, value = count(*shape, dtype=dtype), np.ones((), dtype)
    expected = padded(x, value, low, high, interior)
    attrs = {"low": low, "high": high, "interior": interior}
    kernel = make_kernel("pad", [spec(x), spec(value)], [spec(expected)], attrs)
    result = np.empty_like(expected)
    kernel.run([x, value], [result])
    np.testing.assert_array_equal(result.astype("float64"), expected.astype("float64"))


@pytest.mark.parametrize("start", [(0, 0), (3, 2), (-5, 1), (100, 100)])
@pytest.mark.parametrize("sizes", [(2, 3), (7, 1), (7, 5), (0, 2)])
def test_windows_are_moved_inside(start, sizes):
    x, at = count(7, 5), np.array(start, "int32")
    assert_equals_truth("dynamic_slice", x, at, sizes=sizes)
    assert_equals_truth("dynamic_update_slice", x, -1 - count(*sizes), at)


def test_a_window_is_replaced_in_place():
    x, update, start = count(7, 5), np.zeros((2, 2), "float32"), np.array([1, 3], "int32")
    kernel = make_kernel("dynamic_update_slice", [spec(x), spec(update), spec(start)], [spec(x)])
    assert kernel.in_place(0) == 0
    kernel.run([x, update, start], [x])
    assert (x[1:3, 3:5] == 0).all()
    assert x.sum() == count(7, 5).sum() - count(7, 5)[1:3, 3:5].sum()


@pytest.mark.parametrize("dtype", DTYPES)
def test_reshape_copies(dtype):
    assert_equals_truth("reshape", count(6, 70, dtype=dtype), shape=(35, 12))
    assert_equals_truth("reshape", count(0, 3, dtype=dtype), shape=(0,))


@pytest.mark.parametrize("name", ["reshape", "broadcast_to", "slice", "pad"])
def test_large_operands_on_any_team(name):
    x = np.random.default_rng(0).standard_normal((800, 600)).astype("float32")
    attrs = {
        "reshape": {"shape": (600, 800)},
        "broadcast_to": {"shape": (3, 800, 600)},
        "slice": {"starts": (1, 2), "limits": (799, 599), "strides": (2, 1)},
        "pad": {"low": (1, 2), "high": (3, 0), "interior": (0, 1)},
    }[name]
    value = [np.full((), 7, "float32")] if name == "pad" else []
    assert_equals_truth(name, x, *value, **attrs)


@pytest.mark.parametrize(
    "dtype", ["float32", "float64", "int32", "int64", "uint8", "bfloat16", "float16"]
)
@pytest.mark.parametrize(
    ("shape", "axis"), [((5,), 0), ((3, 70), 1), ((70, 3), 0), ((2, 9, 4), 1), ((0, 2), 0)]
)
def test_iota(dtype, shape, axis):
    assert_equals_truth("iota", shape=shape, axis=axis, dtype=dtype)


@pytest.mark.parametrize("indices_dtype", ["int32", "int64", "uint8"])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16", "int32", "bool"])
def test_one_hot(indices_dtype, dtype):
    indices = np.array([[0, 4, 5], [1, 100, 3]], indices_dtype)
    if indices_dtype != "uint8":
        indices[1, 0] = -1
    assert_equals_truth("one_hot", indices, depth=5, dtype=dtype)
