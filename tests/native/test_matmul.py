"""Native matrix products against NumPy's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigdl_native import make_kernel

ACTIVATIONS = {
    "": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
}
TOLERANCE = {"float32": 1e-4, "float64": 1e-12}
size = st.integers(1, 40)


def swapped(array, swap):
    return np.swapaxes(array, -1, -2) if swap else array


def operands(batch, m, k, n, transpose_a, transpose_b, one_b):
    rng = np.random.default_rng(m + 7 * k + 49 * n)
    a = rng.standard_normal((*batch, *((k, m) if transpose_a else (m, k))))
    b = rng.standard_normal((() if one_b else batch) + ((n, k) if transpose_b else (k, n)))
    return a, b


def run(name, arrays, out_shape, attrs, threads, dtype):
    """Run a fresh kernel on other data first, then on `arrays`."""
    kernel = make_kernel(
        name,
        [(dtype, array.shape) for array in arrays],
        [(dtype, out_shape)],
        attrs,
        threads,
    )
    assert kernel is not None
    result = np.full(out_shape, np.nan, dtype)
    kernel.run([(array + 1).astype(dtype) for array in arrays], [result], threads)
    kernel.run([array.astype(dtype) for array in arrays], [result], threads)
    return result


@settings(max_examples=60, deadline=None)
@given(
    batch=st.sampled_from([(), (), (3,), (2, 3)]),
    m=size,
    k=size,
    n=size,
    transpose_a=st.booleans(),
    transpose_b=st.booleans(),
    one_b=st.booleans(),
    dtype=st.sampled_from(["float32", "float64"]),
    threads=st.sampled_from([1, 2]),
)
def test_matmul(batch, m, k, n, transpose_a, transpose_b, one_b, dtype, threads):
    a, b = operands(batch, m, k, n, transpose_a, transpose_b, one_b)
    attrs = {"transpose_a": transpose_a, "transpose_b": transpose_b}
    y = run("matmul", [a, b], (*batch, m, n), attrs, threads, dtype)
    tolerance = TOLERANCE[dtype]
    expected = swapped(a, transpose_a) @ swapped(b, transpose_b)
    np.testing.assert_allclose(y, expected, rtol=tolerance, atol=tolerance)


@settings(max_examples=60, deadline=None)
@given(
    batch=st.sampled_from([(), (), (3,)]),
    m=size,
    k=size,
    n=size,
    transpose_a=st.booleans(),
    transpose_b=st.booleans(),
    one_b=st.booleans(),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    dtype=st.sampled_from(["float32", "float64"]),
    threads=st.sampled_from([1, 2]),
)
def test_matmul_bias_act(
    batch, m, k, n, transpose_a, transpose_b, one_b, activation, dtype, threads
):
    a, b = operands(batch, m, k, n, transpose_a, transpose_b, one_b)
    bias = np.linspace(-1, 1, n)
    attrs = {"transpose_a": transpose_a, "transpose_b": transpose_b, "activation": activation}
    y = run("matmul_bias_act", [a, b, bias], (*batch, m, n), attrs, threads, dtype)
    product = swapped(a, transpose_a) @ swapped(b, transpose_b)
    expected = ACTIVATIONS[activation](product + bias)
    tolerance = TOLERANCE[dtype]
    np.testing.assert_allclose(y, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch", [(), (6,)])
def test_products_large_enough_for_a_team(batch, dtype, threads):
    a, b = operands(batch, 201, 130, 67, False, False, False)
    attrs = {"transpose_a": False, "transpose_b": False}
    y = run("matmul", [a, b], (*batch, 201, 67), attrs, threads, dtype)
    np.testing.assert_allclose(y, a @ b, rtol=TOLERANCE[dtype] * 10, atol=TOLERANCE[dtype] * 10)
    bias = np.linspace(-1, 1, 67)
    y = run(
        "matmul_bias_act",
        [a, b, bias],
        (*batch, 201, 67),
        {**attrs, "activation": "relu"},
        threads,
        dtype,
    )
    expected = np.maximum(a @ b + bias, 0)
    np.testing.assert_allclose(y, expected, rtol=TOLERANCE[dtype] * 10, atol=TOLERANCE[dtype] * 10)


def test_half_precision_is_right_where_the_processor_has_it():
    a, b = operands((3,), 33, 20, 17, False, False, True)
    bias = np.linspace(-1, 1, 17)
    attrs = {"transpose_a": False, "transpose_b": False, "activation": "tanh"}
    for dtype in ("bfloat16", "float16"):
        arrays = [array.astype(dtype) for array in (a, b, bias)]
        specs = [(dtype, array.shape) for array in arrays], [(dtype, (3, 33, 17))]
        kernel = make_kernel("matmul_bias_act", *specs, attrs)
        wide = [array.astype("float32") for array in arrays]
        expected = np.tanh(wide[0] @ wide[1] + wide[2])
        result = expected.astype(dtype)  # a processor without these instructions has no kernel
        if kernel is not None:
            result[:] = 0
            kernel.run(arrays, [result])
        np.testing.assert_allclose(result.astype("float32"), expected, rtol=0.02, atol=0.02)


def test_unsupported_operands_give_no_kernel():
    attrs = {"transpose_a": False, "transpose_b": False}

    def made(dtype, rows=2):
        inputs = [(dtype, (rows, 3)), (dtype, (3, 4))]
        return make_kernel("matmul", inputs, [(dtype, (rows, 4))], attrs)

    assert made("float32") is not None
    assert made("float32", rows=0) is None
    assert made("int32") is None
    assert made("float8_e4m3fn") is None
