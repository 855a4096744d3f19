"""Native kernels beside the NumPy truth of their primitives."""

import ml_dtypes
import numpy as np

from bigdl_backend.graph.registry import find
from bigdl_native import make_kernel


def spec(array):
    return array.dtype.name, array.shape


def run_kernel(name, arrays, outputs, attrs=None, threads=1):
    """Results of the native kernel, into arrays like `outputs` that hold garbage before."""
    kernel = make_kernel(
        name, [spec(a) for a in arrays], [spec(a) for a in outputs], attrs, threads
    )
    assert kernel is not None, f"no native {name} for {[spec(a) for a in arrays]}"
    results = [np.full(a.shape, 77).astype(a.dtype) for a in outputs]
    kernel.run(arrays, results, threads)
    return results


def truth_of(name, arrays, attrs):
    """The truth's results as a tuple, contiguous."""
    with np.errstate(all="ignore"):
        truth = find(name).truth(*arrays, **attrs)
    outputs = truth if isinstance(truth, tuple) else (truth,)
    return [np.asarray(a, order="C") for a in outputs]


def assert_equals_truth(name, *arrays, rtol=0.0, atol=0.0, threads=(1, 2), **attrs):
    """The kernel gives the truth's values for each number of threads; exactly unless tolerances are given."""
    expected = truth_of(name, arrays, attrs)
    for team in threads:
        results = run_kernel(name, arrays, expected, attrs, team)
        for result, truth in zip(results, expected, strict=True):
            if truth.dtype == ml_dtypes.bfloat16:  # NumPy does not know that its NaNs are equal
                result, truth = result.astype("float32"), truth.astype("float32")
            if rtol == atol == 0.0:
                np.testing.assert_array_equal(result, truth)
            else:
                np.testing.assert_allclose(result, truth, rtol=rtol, atol=atol)


def ulps(result, exact):
    """Distance from float64 `exact` in units in the last place of `result`'s dtype; 0 where both are the same special.

    Denormal results count in units of the smallest denormal.
    """
    with np.errstate(all="ignore"):
        rounded = exact.astype(result.dtype)
        same = (result == rounded) | (np.isnan(result) & np.isnan(rounded))
        unit = np.spacing(np.abs(rounded)).astype("float64")
        distance = np.abs(result.astype("float64") - exact) / unit
    return np.where(same & ~np.isfinite(rounded), 0.0, distance)
