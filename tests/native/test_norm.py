"""Native normalization against the truth of each primitive."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigdl_backend.graph.registry import find
from bigdl_native import make_kernel

shapes = st.tuples(
    st.sampled_from([(), (2,), (3, 2)]), st.integers(1, 70), st.sampled_from([1, 3, 16, 33])
).map(lambda parts: (*parts[0], parts[1], parts[2]))
dtypes = st.sampled_from(["float32", "float32", "float64", "bfloat16", "float16"])
teams = st.sampled_from([1, 2])


def operands(shape, dtype, offset=0.0):
    """x, g, gamma, beta."""
    rng = np.random.default_rng(len(shape) + shape[-1])
    channels = shape[-1:]
    x, g = rng.standard_normal(shape) + offset, rng.standard_normal(shape)
    gamma, beta = rng.uniform(0.5, 2, channels), rng.standard_normal(channels)
    return [array.astype(dtype) for array in (x, g, gamma, beta)]


def check_batch_norm(check_kernel, shape, dtype, threads, offset=0.0, epsilon=1e-3):
    x, g, gamma, beta = operands(shape, dtype, offset)
    attrs = {"epsilon": epsilon}
    check_kernel("batch_norm", [x, gamma, beta], attrs, threads, factor=2)
    _, mean, variance = find("batch_norm").truth(x, gamma, beta, **attrs)
    check_kernel("batch_norm_grad", [g, x, mean, variance, gamma], attrs, threads, factor=10)


def check_layer_norm(check_kernel, shape, dtype, threads, offset=0.0, epsilon=1e-3):
    x, g, gamma, beta = operands(shape, dtype, offset)
    check_kernel("layer_norm", [x, gamma, beta], {"epsilon": epsilon}, threads, factor=2)
    _, mean, rstd = find("layer_norm").truth(x, gamma, beta, epsilon=epsilon)
    check_kernel("layer_norm_grad", [g, x, mean, rstd, gamma], {}, threads, factor=20)


@settings(max_examples=30, deadline=None)
@given(shapes, dtypes, teams)
def test_batch_norm(check_kernel, shape, dtype, threads):
    check_batch_norm(check_kernel, shape, dtype, threads, epsilon=0.1)


@settings(max_examples=30, deadline=None)
@given(shapes, dtypes, st.booleans(), st.sampled_from(["", "relu", "relu6"]), st.booleans(), teams)
def test_batch_norm_with_rectifier(
    check_kernel, shape, dtype, same_parameters, activation, with_addend, threads
):
    x, g, gamma, beta = operands(shape, dtype)
    gamma = gamma * gamma.dtype.type(4)  # some values above 6
    if dtype != "float64" and not same_parameters:
        gamma, beta = gamma.astype("float32"), beta.astype("float32")
    attrs = {"epsilon": 0.1, "activation": activation}
    addends = [g] if with_addend else []
    check_kernel("batch_norm_act", [x, gamma, beta, *addends], attrs, threads, factor=4)
    _, mean, variance = find("batch_norm_act").truth(x, gamma, beta, **attrs)
    # Where a rectifier bends, a rounding decides: no gradient arrives there.
    y, *_ = find("batch_norm").truth(*(a.astype("float64") for a in (x, gamma, beta)), epsilon=0.1)
    g = np.where((np.abs(y) < 0.1) | (np.abs(y - 6) < 0.1), 0, g).astype(dtype)
    check_kernel(
        "batch_norm_act_grad", [g, x, mean, variance, gamma, beta], attrs, threads, factor=40
    )


@settings(max_examples=30, deadline=None)
@given(shapes, dtypes, teams)
def test_layer_norm(check_kernel, shape, dtype, threads):
    check_layer_norm(check_kernel, shape, dtype, threads, epsilon=0.1)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_rows_are_shared_out_among_threads(check_kernel, threads):
    check_batch_norm(check_kernel, (11, 13, 17, 48), "float32", threads)
    check_layer_norm(check_kernel, (11, 13, 17, 48), "float32", threads)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_large_mean_does_not_drown_the_variance(check_kernel, threads):
    x = (np.random.default_rng(0).standard_normal((5000, 20)) + 1000).astype("float32")
    ones, zeros = np.ones(20, "float32"), np.zeros(20, "float32")
    expected = find("batch_norm").truth(x.astype("float64"), ones, zeros, epsilon=1e-3)
    specs = [("float32", array.shape) for array in (x, ones, zeros)]
    made = [np.empty(shape, "float32") for shape in (x.shape, (20,), (20,))]
    kernel = make_kernel(
        "batch_norm",
        specs,
        [("float32", array.shape) for array in made],
        {"epsilon": 1e-3},
        threads,
    )
    kernel.run([x, ones, zeros], made, threads)
    np.testing.assert_allclose(made[2], expected[2], rtol=1e-4)
