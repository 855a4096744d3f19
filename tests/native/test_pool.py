"""Native pooling against the truth of each primitive."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigdl_backend.graph.registry import find
from bigdl_native import make_kernel


@st.composite
def cases(draw):
    """Shapes and attributes of a small pooling: (x shape, y shape, attrs)."""
    rank = draw(st.integers(1, 3))
    window, strides, padding, spatial, result = [], [], [], [], []
    for _ in range(rank):
        size, stride = draw(st.integers(1, 4)), draw(st.integers(1, 4))
        low, high = draw(st.integers(0, size - 1)), draw(st.integers(0, size - 1))
        length = draw(st.integers(max(1, size - low - high), 9))
        window.append(size)
        strides.append(stride)
        padding.append((low, high))
        spatial.append(length)
        result.append((length + low + high - size) // stride + 1)
    batch, channels = draw(st.integers(1, 3)), draw(st.sampled_from([1, 3, 16, 67]))
    return (
        (batch, *spatial, channels),
        (batch, *result, channels),
        {"window": tuple(window), "strides": tuple(strides), "padding": tuple(padding)},
    )


def values(shape, dtype, seed=0):
    """Numbers with many ties."""
    return np.random.default_rng(seed).integers(-3, 4, shape).astype(dtype)


dtypes = st.sampled_from(["float32", "float32", "float64", "bfloat16", "float16"])
teams = st.sampled_from([1, 2])


@settings(max_examples=40, deadline=None)
@given(cases(), dtypes, teams)
def test_max_pool_and_its_gradient(check_kernel, case, dtype, threads):
    x_shape, y_shape, attrs = case
    x, g = values(x_shape, dtype), values(y_shape, dtype, 1)
    check_kernel("max_pool", [x], attrs, threads)
    y = find("max_pool").truth(x, **attrs)
    check_kernel("max_pool_grad", [x, y, g], attrs, threads)


@settings(max_examples=40, deadline=None)
@given(cases(), st.booleans(), dtypes, teams)
def test_avg_pool_and_its_gradient(check_kernel, case, count_include_pad, dtype, threads):
    x_shape, y_shape, attrs = case
    attrs = {**attrs, "count_include_pad": count_include_pad}
    check_kernel("avg_pool", [values(x_shape, dtype)], attrs, threads)
    attrs = {**attrs, "input_shape": x_shape}
    check_kernel("avg_pool_grad", [values(y_shape, dtype)], attrs, threads)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_images_are_shared_out_among_threads(check_kernel, threads):
    attrs = {"window": (3, 3), "strides": (2, 2), "padding": ((0, 1), (1, 1))}
    x, g = values((7, 32, 31, 32), "float32"), values((7, 16, 16, 32), "float32", 1)
    y = find("max_pool").truth(x, **attrs)
    check_kernel("max_pool", [x], attrs, threads)
    check_kernel("max_pool_grad", [x, y, g], attrs, threads)


def test_the_first_of_equal_elements_gets_the_gradient():
    attrs = {"window": (2,), "strides": (2,), "padding": ((0, 0),)}
    x = np.array([1, 1, 2, 3], "float32").reshape(1, 4, 1)
    y = np.array([1, 3], "float32").reshape(1, 2, 1)
    shapes = [("float32", array.shape) for array in (x, y, y)]
    kernel = make_kernel("max_pool_grad", shapes, [("float32", x.shape)], attrs)
    result = np.empty_like(x)
    kernel.run([x, y, y], [result])
    assert result.ravel().tolist() == [1, 0, 0, 3]


def test_nan_wins():
    attrs = {"window": (3,), "strides": (3,), "padding": ((0, 0),)}
    x = np.array([1, np.nan, 5, 7, 8, 9], "float32").reshape(1, 6, 1)
    kernel = make_kernel("max_pool", [("float32", x.shape)], [("float32", (1, 2, 1))], attrs)
    result = np.empty((1, 2, 1), "float32")
    kernel.run([x], [result])
    assert np.isnan(result[0, 0, 0])
    assert result[0, 1, 0] == 9
