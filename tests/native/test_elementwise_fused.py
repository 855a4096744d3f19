"""Fused elementwise programs against the same ops one by one in NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigdl_native import make_kernel
from tests.native.compare import spec, truth_of


class Program:
    """Builds the attributes of a program together with its values in NumPy."""

    def __init__(self, inputs, scalars=()):
        self.inputs = inputs
        self.values = [*inputs, *[np.asarray(v, d) for v, d in scalars]]
        self.attrs = {"ops": (), "args": (), "dtypes": ()}
        if scalars:
            self.attrs["scalars"] = tuple(float(value) for value, _ in scalars)
            self.attrs["scalar_dtypes"] = tuple(dtype for _, dtype in scalars)

    def op(self, name, *registers, **attrs):
        """Append an op and return its register."""
        (value,) = truth_of(name, [self.values[r] for r in registers], attrs)
        self.attrs["ops"] += (name,)
        self.attrs["args"] += (*registers, *[-1] * (3 - len(registers)))
        self.attrs["dtypes"] += (value.dtype.name,)
        self.values.append(value)
        return len(self.values) - 1

    def expected(self, results):
        shape = np.broadcast_shapes(*[value.shape for value in self.inputs])
        return [np.ascontiguousarray(np.broadcast_to(self.values[r], shape)) for r in results]

    def kernel(self, results, in_place=None, threads=1):
        attrs = {**self.attrs, "results": tuple(results)}
        if in_place is not None:
            attrs["in_place"] = tuple(in_place)
        specs = [spec(a) for a in self.inputs], [spec(a) for a in self.expected(results)]
        return make_kernel("fused_elementwise", *specs, attrs, threads)

    def run(self, results, threads=1, in_place=None):
        """The kernel's outputs, computed in place wherever it offers to."""
        kernel = self.kernel(results, in_place, threads)
        assert kernel is not None
        inputs = [value.copy() for value in self.inputs]
        outputs = [np.full_like(value, 77) for value in self.expected(results)]
        for index in range(len(outputs)):
            shared = kernel.in_place(index)
            if shared >= 0:
                outputs[index] = inputs[shared].view(outputs[index].dtype)
        kernel.run(inputs, outputs, threads)
        return outputs


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


UNARY = ["neg", "tanh", "square", "sigmoid", "abs"]
BINARY = ["add", "sub", "mul", "maximum"]
TESTS = ["gt", "le", "logical_and"]


@st.composite
def programs(draw):
    """A random program in float32 and bool, with one to three results."""
    shape = draw(st.sampled_from([(7,), (40, 33), (3, 500), (5, 2, 300)]))
    inputs = []
    for index in range(draw(st.integers(1, 3))):
        kept = [n if index == 0 or draw(st.booleans()) else 1 for n in shape]
        inputs.append(normal(*kept, seed=index))
    scalars = [
        (value, "float32") for value in draw(st.lists(st.sampled_from([0.5, -2.0]), max_size=2))
    ]
    program = Program(inputs, scalars)
    for _ in range(draw(st.integers(1, 12))):
        floats = [i for i, v in enumerate(program.values) if v.dtype == "float32"]
        tests = [i for i, v in enumerate(program.values) if v.dtype == "bool"]
        some = st.sampled_from(floats)
        name = draw(st.sampled_from([*UNARY, *BINARY, *TESTS, "select"]))
        if name in UNARY:
            program.op(name, draw(some))
        elif name == "select" and tests:
            program.op(name, draw(st.sampled_from(tests)), draw(some), draw(some))
        elif name != "select":
            program.op(name, draw(some), draw(some))
    results = draw(st.lists(st.integers(0, len(program.values) - 1), min_size=1, max_size=3))
    return program, results, draw(st.booleans())


@settings(max_examples=150, deadline=None)
@given(programs())
def test_random_programs_give_what_their_ops_give(case):
    program, results, states_wish = case
    wish = [i if i < len(program.inputs) else -1 for i in range(len(results))]
    with np.errstate(all="ignore"):
        expected = program.expected(results)
    outputs = program.run(results, in_place=wish if states_wish else None)
    for output, value in zip(outputs, expected, strict=True):
        np.testing.assert_allclose(output, value, rtol=2e-5, atol=1e-6)


def adam(n):
    """The update of a weight: inputs w, m, v, g and the learning rate."""
    inputs = [normal(n, seed=i) for i in range(4)]
    inputs[2] = np.abs(inputs[2])
    constants = [0.9, 0.1, 0.999, 0.001, 1e-7]
    program = Program([*inputs, np.array(0.01, "float32")], [(c, "float32") for c in constants])
    w, m, v, g, rate, beta1, rest1, beta2, rest2, epsilon = range(10)
    new_m = program.op("add", program.op("mul", m, beta1), program.op("mul", g, rest1))
    squared = program.op("square", g)
    new_v = program.op("add", program.op("mul", v, beta2), program.op("mul", squared, rest2))
    root = program.op("add", program.op("sqrt", new_v), epsilon)
    new_w = program.op("sub", w, program.op("div", program.op("mul", new_m, rate), root))
    return program, [new_w, new_m, new_v]


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("n", [1, 1000, 100_003])
def test_adam_updates_its_state_in_place(n, threads):
    program, results = adam(n)
    kernel = program.kernel(results, in_place=(0, 1, 2))
    assert [kernel.in_place(i) for i in range(3)] == [0, 1, 2]
    outputs = program.run(results, threads, in_place=(0, 1, 2))
    for output, value in zip(outputs, program.expected(results), strict=True):
        np.testing.assert_allclose(output, value, rtol=1e-6, atol=1e-7)


def test_an_output_waits_for_a_later_read_of_the_input_it_overwrites():
    x, y = normal(5000), normal(5000, seed=1)
    program = Program([x, y])
    total = program.op("add", 0, 1)
    late = program.op("mul", 0, total)  # reads x after `total`, which takes its place
    outputs = program.run([total, late], in_place=(0, 1))
    np.testing.assert_array_equal(outputs[0], x + y)
    np.testing.assert_array_equal(outputs[1], x * (x + y))


def test_two_inputs_change_places():
    x, y = normal(5000), normal(5000, seed=1)
    outputs = Program([x, y]).run([1, 0], in_place=(0, 1))
    np.testing.assert_array_equal(outputs[0], y)
    np.testing.assert_array_equal(outputs[1], x)


def test_an_input_that_broadcasts_or_has_another_size_is_never_shared():
    program = Program([normal(4, 5), normal(5), np.zeros((4, 5), "float64")])
    result = program.op("add", 0, 1)
    assert program.kernel([result], in_place=(1,)).in_place(0) == -1
    assert program.kernel([result], in_place=(2,)).in_place(0) == -1
    assert program.kernel([result], in_place=(0,)).in_place(0) == 0
    assert program.kernel([result, result], in_place=(0, 0)).in_place(1) == -1


def test_outputs_of_several_dtypes():
    program = Program([normal(3000)], [(0.0, "float32")])
    positive = program.op("gt", 0, 1)
    whole = program.op("cast", 0, dtype="int32")
    wide = program.op("cast", whole, dtype="float64")
    relu = program.op("select", positive, 0, 1)
    results = [positive, whole, wide, relu]
    for output, value in zip(program.run(results), program.expected(results), strict=True):
        np.testing.assert_array_equal(output, value)


def test_halves_are_read_and_written_and_kept_in_float32_between():
    x = normal(3000).astype("bfloat16")
    program = Program([x, normal(1).astype("bfloat16")], [(1.0, "bfloat16")])
    total = program.op("add", program.op("add", 0, 1), 2)
    (output,) = program.run([total])
    exact = x.astype("float32") + program.inputs[1].astype("float32") + 1
    np.testing.assert_array_equal(output, exact.astype("bfloat16"))
    rounded = program.op("cast", program.op("cast", 0, dtype="float32"), dtype="bfloat16")
    np.testing.assert_array_equal(program.run([rounded])[0], x)


@pytest.mark.parametrize("width", [1, 3, 64, 700, 5000])
def test_a_bias_of_any_width(width):
    rows = 250_000 // width
    program = Program([normal(rows, width), normal(width, seed=1), normal(rows, 1, seed=2)])
    result = program.op("mul", program.op("add", 0, 1), 2)
    for threads in (1, 2):
        np.testing.assert_array_equal(
            program.run([result], threads)[0], program.expected([result])[0]
        )


@pytest.mark.parametrize(
    ("attrs", "message"),
    [
        ({"args": (0, 2, -1)}, "register 2"),
        ({"args": (0, -1, -1)}, "register -1"),
        ({"args": (0, 1)}, "three args"),
        ({"results": (9,)}, "no register"),
        ({"results": (2, 2)}, "each output"),
        ({"dtypes": ("int32",)}, "dtype"),
        ({"scalars": (1.0,), "scalar_dtypes": ("float32", "float32")}, "each of scalars"),
        ({"in_place": (2,)}, "in_place"),
    ],
)
def test_attributes_that_are_no_program_are_refused(attrs, message):
    x = spec(normal(4))
    good = {"ops": ("add",), "args": (0, 1, -1), "dtypes": ("float32",), "results": (2,)}
    with pytest.raises(ValueError, match=message):
        make_kernel("fused_elementwise", [x, x], [x], {**good, **attrs})


def test_an_unknown_op_has_no_kernel():
    x = spec(normal(4))
    attrs = {"ops": ("cumsum",), "args": (0, -1, -1), "dtypes": ("float32",), "results": (1,)}
    assert make_kernel("fused_elementwise", [x], [x], attrs) is None
