"""Native elementwise primitives against their NumPy truth."""

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigdl_native import make_kernel
from tests.native.compare import assert_equals_truth, run_kernel, spec

FLOATS = ["float32", "float64"]
INTEGERS = ["int32", "int64", "uint32", "uint8"]
HALVES = ["bfloat16", "float16"]
EVERY = [*FLOATS, *INTEGERS, *HALVES, "bool"]

ANY = ["eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "logical_xor"]
BITWISE = ["bitwise_and", "bitwise_or", "bitwise_xor"]
ARITHMETIC = ["add", "sub", "mul", "floor_divide", "mod", "pow", "maximum", "minimum"]
UNARY = ["neg", "abs", "sign", "square"]
SMOOTH = {  # name: interval of the operand
    **dict.fromkeys(["exp", "expm1", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf"], (-3, 3)),
    **dict.fromkeys(["asinh", "atan", "sigmoid", "softplus", "reciprocal"], (-3, 3)),
    **dict.fromkeys(["log", "sqrt", "rsqrt", "lgamma", "digamma"], (0.1, 9)),
    **dict.fromkeys(["asin", "acos", "atanh", "log1p", "erfinv"], (-0.9, 0.9)),
    "acosh": (1.1, 9),
}
CLOSE = {"float32": 1e-6, "float64": 1e-13, "bfloat16": 8e-3, "float16": 1e-3}


def numbers(dtype, *shape, seed=0):
    """Values that exercise a dtype: signs, zeros, extremes, and for floats infinities and NaN."""
    rng = np.random.default_rng(seed)
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype in INTEGERS:
        info = np.iinfo(dtype)
        x = rng.integers(max(info.min, -9), 10, shape).astype(dtype)
        extremes = [info.min, info.max, 0, 1]
    else:
        x = (rng.standard_normal(shape) * 4).astype(dtype)
        extremes = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 0.5, 1.5, -2.5]
    flat = x.reshape(-1)
    places = rng.permutation(flat.size)[: len(extremes)]
    flat[places] = np.array(extremes[: len(places)]).astype(dtype)
    return x


@pytest.mark.parametrize("name", [*UNARY, "stop_gradient"])
@pytest.mark.parametrize("dtype", [*FLOATS, *INTEGERS, *HALVES])
def test_unary(name, dtype):
    if name == "neg" and dtype.startswith("u"):
        assert_equals_truth(name, numbers(dtype, 50))  # wraps around
    assert_equals_truth(name, numbers(dtype, 3, 50))


@pytest.mark.parametrize("name", ["floor", "ceil", "round", "trunc", "isfinite", "isnan", "isinf"])
@pytest.mark.parametrize("dtype", FLOATS)
def test_rounding_and_tests_of_floats(name, dtype):
    x = numbers(dtype, 3, 50)
    x[1, :9] = [0.5, 1.5, 2.5, -0.5, -1.5, 2**24 + 1, -(2.0**31), 3e9, 0.49999997]
    assert_equals_truth(name, x)


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("dtype", [*FLOATS, *HALVES])
def test_smooth_functions(name, dtype):
    x = np.random.default_rng(0).uniform(*SMOOTH[name], (3, 50)).astype(dtype)
    assert_equals_truth(name, x, rtol=CLOSE[dtype], atol=CLOSE[dtype])


@pytest.mark.parametrize("dtype", EVERY)
@pytest.mark.parametrize("name", ANY)
def test_comparison_and_logic(name, dtype):
    assert_equals_truth(name, numbers(dtype, 400), numbers(dtype, 400, seed=1))


@pytest.mark.parametrize("dtype", [*FLOATS, *INTEGERS])
@pytest.mark.parametrize("name", ARITHMETIC)
def test_arithmetic(name, dtype):
    x, y = numbers(dtype, 400), numbers(dtype, 400, seed=1)
    if name == "pow" and dtype in INTEGERS:
        y = (np.abs(y.astype("int64")) % 7).astype(dtype)  # NumPy refuses negative powers
    close = CLOSE[dtype] if name == "pow" and dtype in FLOATS else 0.0
    assert_equals_truth(name, x, y, rtol=close)


@pytest.mark.parametrize("dtype", HALVES)
@pytest.mark.parametrize("name", ["add", "sub", "mul", "div", "maximum", "minimum"])
def test_arithmetic_of_halves_rounds_once(name, dtype):
    assert_equals_truth(name, numbers(dtype, 400), numbers(dtype, 400, seed=1))


@pytest.mark.parametrize("dtype", FLOATS)
def test_division_and_atan2(dtype):
    x, y = numbers(dtype, 400), numbers(dtype, 400, seed=1)
    assert_equals_truth("div", x, y)
    assert_equals_truth("atan2", x, y, rtol=CLOSE[dtype])


@pytest.mark.parametrize("dtype", [*INTEGERS, "bool"])
@pytest.mark.parametrize("name", BITWISE)
def test_bitwise(name, dtype):
    assert_equals_truth(name, numbers(dtype, 400), numbers(dtype, 400, seed=1))


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", ["shift_left", "shift_right"])
def test_shifts_beyond_the_width(name, dtype):
    shifts = np.arange(80).astype(dtype)
    assert_equals_truth(name, numbers(dtype, 80), shifts)


@pytest.mark.parametrize("dtype", [*INTEGERS, "bool"])
def test_negation_of_bits_and_truth(dtype):
    assert_equals_truth("bitwise_not", numbers(dtype, 40))
    assert_equals_truth("logical_not", numbers(dtype, 40))


@pytest.mark.parametrize("source", EVERY)
@pytest.mark.parametrize("target", EVERY)
def test_cast(source, target):
    x = numbers(source, 300)
    if source in [*FLOATS, *HALVES] and target in INTEGERS:
        # What a float outside the integer's range becomes is left open by C and NumPy alike.
        x = np.random.default_rng(0).uniform(0, 200, 300).astype(source)
    assert_equals_truth("cast", x, dtype=target)


@pytest.mark.parametrize("dtype", HALVES)
def test_halves_round_to_the_nearest_even_for_every_kind_of_float(dtype):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2**32, 20_000, dtype=np.uint32).view("float32")
    ties = (np.arange(2**11) * 2.0**-24 + 2.0**-25).astype("float32")
    edge = np.array([65504, 65519.99, 65520, 1e-45], "float32")
    x = np.concatenate([x, ties, -ties, edge])
    assert_equals_truth("cast", x, dtype=dtype)
    every = np.arange(2**16, dtype=np.uint16).view(np.dtype(dtype))
    assert_equals_truth("cast", every, dtype="float32")


@pytest.mark.parametrize("dtype", EVERY)
def test_select(dtype):
    condition = numbers("bool", 300)
    assert_equals_truth("select", condition, numbers(dtype, 300), numbers(dtype, 300, seed=1))


@st.composite
def broadcasting(draw, operands):
    """Shapes that broadcast to one another, sizes on either side of a block."""
    shape = draw(st.lists(st.sampled_from([1, 2, 3, 5, 40]), max_size=4))
    shapes = []
    for _ in range(operands):
        own = [1 if draw(st.booleans()) else n for n in shape]
        shapes.append(tuple(own[draw(st.integers(0, len(own))) :]))
    return shapes


@settings(max_examples=60, deadline=None)
@given(broadcasting(2), st.sampled_from(["float32", "int64", "bfloat16"]))
def test_two_operands_broadcast(shapes, dtype):
    rng = np.random.default_rng(0)
    x, y = [rng.integers(-5, 6, shape).astype(dtype) for shape in shapes]
    assert_equals_truth("sub", x, y, threads=(1,))


@settings(max_examples=30, deadline=None)
@given(broadcasting(3))
def test_three_operands_broadcast(shapes):
    rng = np.random.default_rng(0)
    condition = rng.integers(0, 2, shapes[0]).astype(bool)
    x, y = [rng.standard_normal(shape).astype("float32") for shape in shapes[1:]]
    assert_equals_truth("select", condition, x, y, threads=(1,))


@pytest.mark.parametrize(
    "shape", [(), (1,), (300,), (700, 1), (700, 300), (1, 300), (2, 1, 300), (2, 1, 1)]
)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_large_operands_broadcast_on_any_team(shape, dtype):
    x = np.random.default_rng(0).standard_normal((2, 700, 300)).astype(dtype)
    y = np.random.default_rng(1).standard_normal(shape).astype(dtype)
    assert_equals_truth("mul", x, y)
    assert_equals_truth("sub", y, x)


@pytest.mark.parametrize("shapes", [((0, 3), (3,)), ((2, 0), (0,)), ((2, 0), (2, 1)), ((2, 0), ())])
def test_an_empty_operand_gives_an_empty_result(shapes):
    assert_equals_truth("add", *(np.zeros(shape, "float32") for shape in shapes))
    assert_equals_truth("neg", np.zeros(shapes[0], "float32"))


def test_one_op_runs_in_place():
    x = np.linspace(-1, 1, 10_000).astype("float32")
    kernel = make_kernel("tanh", [spec(x)], [spec(x)])
    assert kernel.in_place(0) == 0
    expected = run_kernel("tanh", [x], [x])[0]
    kernel.run([x], [x])
    np.testing.assert_array_equal(x, expected)


def test_a_broadcast_operand_is_not_overwritten():
    x, y = np.zeros((4, 1), "float32"), np.zeros((4, 5), "float32")
    assert make_kernel("add", [spec(x), spec(y)], [spec(y)]).in_place(0) == 1
    assert make_kernel("add", [spec(x), spec(x)], [spec(x)]).in_place(0) == 0


def test_unsupported_dtypes_have_no_kernel():
    x = np.zeros(3, ml_dtypes.float8_e4m3fn)
    assert make_kernel("add", [spec(x), spec(x)], [spec(x)]) is None
    y = np.zeros(3, "int32")
    assert make_kernel("exp", [spec(y)], [spec(y)]) is None


def test_integer_powers_of_negative_exponent_are_cut_off():
    x, y = np.array([1, -1, -1, 2, 0], "int32"), np.array([-3, -3, -2, -1, -1], "int32")
    np.testing.assert_array_equal(run_kernel("pow", [x, y], [x])[0], [1, -1, 1, 0, 0])
