"""Accuracy of native math, in units in the last place, against float64."""

import math

import numpy as np
import pytest

from tests.native.compare import run_kernel, ulps


def _each(function):
    return np.vectorize(function, otypes=["float64"])


def _sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x < 0, e, 1.0) / (1.0 + e)


EXACT = {
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "sigmoid": _sigmoid,
    "softplus": lambda x: np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0),
    "erf": _each(math.erf),
    "sqrt": np.sqrt,
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
}

LARGE = [88.72283, 88.73, 3.4028235e38, np.inf]
SMALL = [0.0, 1e-45, 1e-38, 1.1754944e-38, 1e-8, 0.9, 1.0, 9.1]
BENDS = [np.nan, -87.4, -103.9, -104.1]
SPECIAL = np.array([*LARGE, *SMALL, *BENDS, *(-x for x in LARGE + SMALL)], "float32")


def _samples():
    """Floats of every exponent, many from the ranges where functions bend, and the special ones."""
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2**32, 40_000, dtype=np.uint32).view("float32")
    ranges = [rng.uniform(-a, a, 20_000).astype("float32") for a in (1.0, 10.0, 110.0)]
    return np.concatenate([bits, *ranges, SPECIAL])


@pytest.mark.parametrize("name", EXACT)
def test_float32_is_within_4_ulp_everywhere(name):
    x = _samples()
    (y,) = run_kernel(name, [x], [x])
    with np.errstate(all="ignore"):
        exact = EXACT[name](x.astype("float64"))
    error = ulps(y, exact)
    worst = error.argmax()
    assert error[worst] <= 4, f"{name}({x[worst]!r}) = {y[worst]!r}, exactly {exact[worst]!r}"


@pytest.mark.parametrize("name", ["expm1", "log1p", "tanh", "erf", "sin", "sqrt"])
def test_the_sign_of_zero_is_kept(name):
    x = np.array([0.0, -0.0], "float32")
    (y,) = run_kernel(name, [x], [x])
    np.testing.assert_array_equal(np.signbit(y), np.signbit(x))


@pytest.mark.parametrize("size", [1, 7, 16, 17, 63, 1000, 5000])
def test_every_place_of_a_vector_gives_the_same_value(size):
    x = np.full(size, 0.7, "float32")
    (y,) = run_kernel("tanh", [x], [x])
    (one,) = run_kernel("tanh", [x[:1]], [x[:1]])
    assert np.abs(y - one[0]).max() <= np.spacing(one[0])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_erfinv_inverts_erf(dtype):
    x = np.linspace(-2.0, 2.0, 4001).astype(dtype)
    y = _each(math.erf)(x.astype("float64"))
    (back,) = run_kernel("erfinv", [y.astype(dtype)], [x])
    # A rounded y moves the inverse by its error times the slope, sqrt(pi)/2 exp(x^2).
    slope = np.sqrt(np.pi) / 2 * np.exp(x.astype("float64") ** 2)
    tolerance = 4 * np.finfo(dtype).eps * np.maximum(slope, np.abs(x))
    assert (np.abs(back - x) <= tolerance).all()
    edge = np.array([1.0, -1.0, 1.5, np.nan], dtype)
    np.testing.assert_array_equal(
        run_kernel("erfinv", [edge], [edge])[0], [np.inf, -np.inf, np.nan, np.nan]
    )


def test_lgamma_agrees_with_the_c_library():
    x = np.concatenate([np.linspace(0.01, 40, 500), [-0.5, -1.5, -7.3, 171.0]])
    (y,) = run_kernel("lgamma", [x], [x])
    np.testing.assert_allclose(y, _each(math.lgamma)(x), rtol=1e-13, atol=1e-15)


def test_digamma_is_the_slope_of_lgamma():
    x = np.concatenate([np.linspace(0.05, 30, 300), [-0.5, -1.3, -6.7]])
    (y,) = run_kernel("digamma", [x], [x])
    (shifted,) = run_kernel("digamma", [x + 1], [x])
    np.testing.assert_allclose(shifted, y + 1 / x, rtol=1e-11, atol=1e-11)
    euler = 0.57721566490153286
    known = np.array([1.0, 0.5, 2.0])
    np.testing.assert_allclose(
        run_kernel("digamma", [known], [known])[0],
        [-euler, -euler - 2 * math.log(2), 1 - euler],
        rtol=1e-14,
    )
