"""Updates by Adam against their truths."""

import numpy as np
import pytest

from bigdl_native import make_kernel
from tests.native.compare import assert_equals_truth, spec, truth_of

ATTRS = {"rest_1": 0.1, "rest_2": 0.001, "epsilon": 1e-7}
CLOSE = {"rtol": 1e-5, "atol": 1e-6}


def state(*shape):
    rng = np.random.default_rng(0)
    w, m, v = (rng.standard_normal(shape).astype("float32") for _ in range(3))
    return w, m, np.square(v)


def rows(count, width, table, dtype):
    rng = np.random.default_rng(1)
    indices = rng.integers(0, table // 2, count).astype(dtype)  # some rows often, some never
    return indices, rng.standard_normal((count, width)).astype("float32")


@pytest.mark.parametrize("size", [1, 1000, 40_003])
def test_dense(size):
    g = np.random.default_rng(2).standard_normal(size).astype("float32")
    assert_equals_truth("adam_update", *state(size), g, np.array(0.01, "float32"), **CLOSE, **ATTRS)


@pytest.mark.parametrize(("table", "width"), [(9, 3), (3000, 1), (700, 70), (3, 5000)])
@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_rows(table, width, dtype):
    operands = [*state(table, width), *rows(50, width, table, dtype), np.array(0.01, "float32")]
    assert_equals_truth("adam_update_rows", *operands, **CLOSE, **ATTRS)


def test_rows_are_updated_in_place_as_by_the_whole_gradient():
    indices, updates = rows(900, 16, 500, "int32")
    table, alpha = state(500, 16), np.array(0.01, "float32")
    zeros = np.zeros((500, 16), "float32")
    (g,) = truth_of("scatter_add", [zeros, indices, updates], {"axis": 0})
    results = []
    for name, slopes in (("adam_update", [g]), ("adam_update_rows", [indices, updates])):
        made = [array.copy() for array in table]
        operands = [*made, *slopes, alpha]
        kernel = make_kernel(name, [spec(a) for a in operands], [spec(a) for a in made], ATTRS, 2)
        assert [kernel.in_place(i) for i in range(3)] == [0, 1, 2]
        kernel.run(operands, made, 2)
        results.append(made)
    for dense, sparse in zip(*results, strict=True):
        np.testing.assert_array_equal(dense, sparse)
