"""Native softmax family against the truth of each primitive."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigdl_native import make_kernel

shapes = st.tuples(st.integers(1, 9), st.sampled_from([1, 2, 10, 17, 100]))
dtypes = st.sampled_from(["float32", "float32", "float64", "bfloat16", "float16"])
teams = st.sampled_from([1, 2])


def logits(shape, dtype):
    return (np.random.default_rng(shape[-1]).standard_normal(shape) * 5).astype(dtype)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["softmax", "log_softmax"]), shapes, dtypes, teams)
def test_softmax(check_kernel, name, shape, dtype, threads):
    check_kernel(name, [logits((2, *shape), dtype)], {}, threads)


@settings(max_examples=40, deadline=None)
@given(shapes, dtypes, st.sampled_from(["int32", "int64"]), teams)
def test_sparse_softmax_cross_entropy(check_kernel, shape, dtype, label_dtype, threads):
    labels = (np.arange(shape[0]) * 7 % shape[1]).astype(label_dtype)
    labels[-1] = -1  # counts from the end
    check_kernel("sparse_softmax_cross_entropy", [logits(shape, dtype), labels], {}, threads)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_rows_are_shared_out_among_threads(check_kernel, threads):
    x = logits((170, 211), "float32")
    check_kernel("softmax", [x], {}, threads)
    check_kernel("log_softmax", [x], {}, threads)
    labels = np.arange(170, dtype="int32")
    check_kernel("sparse_softmax_cross_entropy", [x, labels], {}, threads)


def test_masked_and_huge_logits(check_kernel):
    x = np.array([[-np.inf, 0, 1], [1e30, -1e30, 1e30], [88, 89, 90]], "float32")
    check_kernel("softmax", [x], {}, 1)


def test_nan_spreads_over_its_row_only():
    x = np.array([[0, np.nan, 1], [0, 1, 2]], "float32")
    kernel = make_kernel("softmax", [("float32", x.shape)], [("float32", x.shape)])
    result = np.empty_like(x)
    kernel.run([x], [result])
    assert np.isnan(result[0]).all()
    assert result[1].sum() == pytest.approx(1)


def test_a_label_out_of_range_has_no_loss():
    x = np.zeros((2, 3), "float32")
    labels = np.array([3, 0], "int32")
    specs = [("float32", (2, 3)), ("int32", (2,))], [("float32", (2,)), ("float32", (2, 3))]
    kernel = make_kernel("sparse_softmax_cross_entropy", *specs)
    loss, probs = np.empty(2, "float32"), np.empty((2, 3), "float32")
    kernel.run([x, labels], [loss, probs])
    assert np.isnan(loss[0])
    assert loss[1] == pytest.approx(np.log(3))
