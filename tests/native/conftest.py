from collections.abc import Callable

import numpy as np
import pytest

from bigdl_backend.graph.registry import find
from bigdl_native import make_kernel

TOLERANCE = {"float64": 1e-11, "float32": 2e-5, "float16": 5e-3, "bfloat16": 4e-2}


def _check(name, arrays, attrs, threads, factor=1.0):
    truth = find(name).truth(*arrays, **attrs)
    expected = truth if isinstance(truth, tuple) else (truth,)
    kernel = make_kernel(
        name,
        [(array.dtype.name, array.shape) for array in arrays],
        [(array.dtype.name, array.shape) for array in expected],
        attrs,
        threads,
    )
    assert kernel is not None
    results = [np.full(array.shape, np.nan, array.dtype) for array in expected]
    other = [array[..., ::-1].copy() for array in arrays]
    kernel.run(other, results, threads)
    kernel.run(arrays, results, threads)
    for result, array in zip(results, expected, strict=True):
        tolerance = TOLERANCE[array.dtype.name] * factor
        np.testing.assert_allclose(
            result.astype("float64"), array.astype("float64"), rtol=tolerance, atol=tolerance
        )


@pytest.fixture(scope="session")
def check_kernel() -> Callable[..., None]:
    """`check_kernel(primitive, arrays, attrs, threads)`: the native kernel agrees with the truth.

    The kernel is run on other data first, so that state left over from a run would show.
    """
    return _check
