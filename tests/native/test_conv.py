"""Native convolutions against sums over kernel positions in NumPy."""

from itertools import product

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


@st.composite
def cases(draw, max_rank=3):
    """Shapes and attributes of a small convolution: (x shape, w shape, y shape, attrs)."""
    rank = draw(st.integers(1, max_rank))
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    inputs, outputs = draw(st.integers(1, 9)), draw(st.integers(1, 17))
    depthwise = draw(st.booleans()) and groups > 1
    strides, dilation, padding, kernel, spatial, result = [], [], [], [], [], []
    for _ in range(rank):
        stride, step = draw(st.integers(1, 3)), draw(st.integers(1, 2))
        size, low, high = draw(st.integers(1, 4)), draw(st.integers(0, 2)), draw(st.integers(0, 2))
        reach = (size - 1) * step + 1
        length = draw(st.integers(max(1, reach - low - high), 9))
        strides.append(stride)
        dilation.append(step)
        padding.append((low, high))
        kernel.append(size)
        spatial.append(length)
        result.append((length + low + high - reach) // stride + 1)
    per_group = 1 if depthwise else inputs
    batch = draw(st.integers(1, 3))
    return (
        (batch, *spatial, per_group * groups),
        (*kernel, per_group, outputs * groups),
        (batch, *result, outputs * groups),
        {
            "strides": tuple(strides),
            "padding": tuple(padding),
            "dilation": tuple(dilation),
            "groups": groups,
        },
    )


def positions(x_shape, w_shape, y_shape, attrs):
    """For every kernel position: its index and the slice of padded x that meets y."""
    kernel, result = w_shape[:-2], y_shape[1:-1]
    for position in product(*map(range, kernel)):
        starts = [k * d for k, d in zip(position, attrs["dilation"], strict=True)]
        yield (
            position,
            (
                slice(None),
                *(
                    slice(a, a + (n - 1) * s + 1, s)
                    for a, n, s in zip(starts, result, attrs["strides"], strict=True)
                ),
            ),
        )


def padded_shape(x_shape, attrs):
    inner = [n + low + high for n, (low, high) in zip(x_shape[1:-1], attrs["padding"], strict=True)]
    return (x_shape[0], *inner, x_shape[-1])


def inside(x_shape, attrs):
    inner = [
        slice(low, low + n) for n, (low, _) in zip(x_shape[1:-1], attrs["padding"], strict=True)
    ]
    return (slice(None), *inner)


def grouped(array, groups):
    return array.reshape(*array.shape[:-1], groups, -1)


def conv(x, w, y_shape, attrs):
    groups = attrs["groups"]
    big = np.zeros(padded_shape(x.shape, attrs))
    big[inside(x.shape, attrs)] = x
    y = np.zeros(grouped(np.empty(y_shape), groups).shape)
    for position, window in positions(x.shape, w.shape, y_shape, attrs):
        y += np.einsum(
            "...gi,igo->...go", grouped(big[window], groups), grouped(w[position], groups)
        )
    return y.reshape(y_shape)


def conv_input_grad(g, w, x_shape, attrs):
    groups = attrs["groups"]
    big = np.zeros(padded_shape(x_shape, attrs))
    for position, window in positions(x_shape, w.shape, g.shape, attrs):
        part = np.einsum("...go,igo->...gi", grouped(g, groups), grouped(w[position], groups))
        big[window] += part.reshape(big[window].shape)
    return big[inside(x_shape, attrs)]


def conv_weight_grad(x, g, w_shape, attrs):
    groups = attrs["groups"]
    big = np.zeros(padded_shape(x.shape, attrs))
    big[inside(x.shape, attrs)] = x
    w = np.zeros(w_shape)
    for position, window in positions(x.shape, w_shape, g.shape, attrs):
        rows = [array.reshape(-1, groups, array.shape[-1] // groups) for array in (big[window], g)]
        w[position] = np.einsum("rgi,rgo->igo", *rows).reshape(w_shape[-2:])
    return w


def run(name, arrays, out_shape, attrs, threads, dtype="float32"):
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


def normal(*shapes):
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape).astype("float32") for shape in shapes]


@settings(max_examples=40, deadline=None)
@given(cases(), st.sampled_from([1, 2]))
def test_conv(case, threads):
    x_shape, w_shape, y_shape, attrs = case
    x, w = normal(x_shape, w_shape)
    y = run("conv", [x, w], y_shape, attrs, threads)
    np.testing.assert_allclose(y, conv(x, w, y_shape, attrs), rtol=1e-4, atol=1e-4)


@settings(max_examples=20, deadline=None)
@given(cases(2), st.sampled_from(sorted(ACTIVATIONS)), st.sampled_from([1, 2]))
def test_conv_bias_act(case, activation, threads):
    x_shape, w_shape, y_shape, attrs = case
    x, w, bias = normal(x_shape, w_shape, y_shape[-1:])
    y = run("conv_bias_act", [x, w, bias], y_shape, {**attrs, "activation": activation}, threads)
    expected = ACTIVATIONS[activation](conv(x, w, y_shape, attrs) + bias)
    np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-4)


@settings(max_examples=40, deadline=None)
@given(cases(), st.sampled_from([1, 2]))
def test_conv_input_grad(case, threads):
    x_shape, w_shape, y_shape, attrs = case
    g, w = normal(y_shape, w_shape)
    dx = run("conv_input_grad", [g, w], x_shape, {**attrs, "input_shape": x_shape}, threads)
    np.testing.assert_allclose(dx, conv_input_grad(g, w, x_shape, attrs), rtol=1e-4, atol=1e-4)


@settings(max_examples=40, deadline=None)
@given(cases(), st.sampled_from([1, 2]))
def test_conv_weight_grad(case, threads):
    x_shape, w_shape, y_shape, attrs = case
    x, g = normal(x_shape, y_shape)
    dw = run("conv_weight_grad", [x, g], w_shape, {**attrs, "kernel_shape": w_shape}, threads)
    np.testing.assert_allclose(dw, conv_weight_grad(x, g, w_shape, attrs), rtol=1e-4, atol=2e-4)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize(
    ("x_shape", "w_shape", "y_shape", "attrs"),
    [
        (
            (33, 2, 3, 64),
            (3, 3, 64, 65),
            (33, 2, 3, 65),
            {"strides": (1, 1), "padding": ((1, 1), (1, 1)), "dilation": (1, 1)},
        ),
        (
            (32, 4, 2, 65),
            (3, 2, 65, 64),
            (32, 2, 3, 64),
            {"strides": (2, 1), "padding": ((0, 2), (2, 1)), "dilation": (1, 2)},
        ),
        (
            (40, 2, 64),
            (5, 64, 64),
            (40, 2, 64),
            {"strides": (1,), "padding": ((2, 2),), "dilation": (1,)},
        ),
        (
            (2, 9, 9, 200),
            (1, 1, 200, 196),
            (2, 9, 9, 196),
            {"strides": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1)},
        ),
    ],
    ids=["2 x 3 pixels", "strides and dilation", "one dimension", "one position"],
)
def test_shapes_that_are_matrix_products(x_shape, w_shape, y_shape, attrs, dtype, threads):
    attrs = {**attrs, "groups": 1}
    x, w, g, bias = (
        array.astype(dtype).astype("float32")
        for array in normal(x_shape, w_shape, y_shape, y_shape[-1:])
    )
    results = [
        run("conv", [x, w], y_shape, attrs, threads, dtype),
        run(
            "conv_bias_act",
            [x, w, bias],
            y_shape,
            {**attrs, "activation": "relu"},
            threads,
            dtype,
        ),
        run("conv_input_grad", [g, w], x_shape, {**attrs, "input_shape": x_shape}, threads, dtype),
        run(
            "conv_weight_grad", [x, g], w_shape, {**attrs, "kernel_shape": w_shape}, threads, dtype
        ),
    ]
    y = conv(x, w, y_shape, attrs)
    expected = [
        y,
        np.maximum(y + bias, 0),
        conv_input_grad(g, w, x_shape, attrs),
        conv_weight_grad(x, g, w_shape, attrs),
    ]
    tolerance = 1e-3 if dtype == "float32" else 1e-2
    for result, truth in zip(results, expected, strict=True):
        result = result.astype("float32")
        np.testing.assert_allclose(result, truth, rtol=tolerance, atol=tolerance * 20)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(
    ("x_shape", "w_shape", "y_shape", "stride"),
    [
        ((16, 28, 28, 1), (5, 5, 1, 6), (16, 28, 28, 6), 1),  # LeNet
        ((8, 16, 16, 16), (3, 3, 16, 32), (8, 8, 8, 32), 2),  # a residual stage
        ((4, 8, 8, 64), (3, 3, 64, 64), (4, 8, 8, 64), 1),
    ],
)
def test_shapes_large_enough_for_a_team(x_shape, w_shape, y_shape, stride, threads):
    total = max(0, (y_shape[1] - 1) * stride + w_shape[0] - x_shape[1])
    attrs = {
        "strides": (stride, stride),
        "padding": ((total // 2, total - total // 2),) * 2,
        "dilation": (1, 1),
        "groups": 1,
    }
    x, w, g = normal(x_shape, w_shape, y_shape)
    y = run("conv", [x, w], y_shape, attrs, threads)
    dx = run("conv_input_grad", [g, w], x_shape, {**attrs, "input_shape": x_shape}, threads)
    dw = run("conv_weight_grad", [x, g], w_shape, {**attrs, "kernel_shape": w_shape}, threads)
    np.testing.assert_allclose(y, conv(x, w, y_shape, attrs), rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(dx, conv_input_grad(g, w, x_shape, attrs), rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(dw, conv_weight_grad(x, g, w_shape, attrs), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("groups", [1, 8])
@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_is_right_where_the_processor_has_it(dtype, groups):
    attrs = {"strides": (1, 1), "padding": ((1, 1), (1, 1)), "dilation": (1, 1), "groups": groups}
    channels = 5 if groups == 1 else groups
    shapes = (2, 7, 6, channels), (3, 3, channels // groups, 8), (2, 7, 6, 8)
    x, w, g = (array.astype(dtype) for array in normal(*shapes))
    wide_x, wide_w, wide_g = (array.astype("float32") for array in (x, w, g))
    cases = {
        "conv": ([x, w], {}, conv(wide_x, wide_w, shapes[2], attrs)),
        "conv_input_grad": (
            [g, w],
            {"input_shape": shapes[0]},
            conv_input_grad(wide_g, wide_w, shapes[0], attrs),
        ),
        "conv_weight_grad": (
            [x, g],
            {"kernel_shape": shapes[1]},
            conv_weight_grad(wide_x, wide_g, shapes[1], attrs),
        ),
    }
    for name, (arrays, more, expected) in cases.items():
        specs = [(dtype, array.shape) for array in arrays]
        kernel = make_kernel(name, specs, [(dtype, expected.shape)], {**attrs, **more})
        result = expected.astype(dtype)  # a processor without these instructions has no kernel
        if kernel is not None:
            result[:] = 0
            kernel.run(arrays, [result])
        np.testing.assert_allclose(result.astype("float32"), expected, rtol=0.02, atol=0.1)


def test_unsupported_operands_give_no_kernel():
    attrs = {"strides": (1,), "padding": ((0, 0),), "dilation": (1,), "groups": 1}

    def made(dtype, attrs, batch=1):
        inputs = [(dtype, (batch, 5, 2)), (dtype, (3, 2, 4))]
        return make_kernel("conv", inputs, [(dtype, (batch, 3, 4))], attrs)

    assert made("float32", attrs) is not None
    assert made("int32", attrs) is None
    assert made("float32", attrs, batch=0) is None
    assert made("float32", {**attrs, "padding": ((-1, 1),)}) is None
