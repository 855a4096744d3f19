"""The functions on tensors: what NumPy does, on arrays, traced tensors and symbolic sizes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from bigdl_backend.graph.dims import Dim
from bigdl_backend.graph.gradient import grad
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import evaluate, trace, tracing
from bigdl_backend.primitives import functional as F

BATCH = Dim.var("batch")


def run(function: Any, *arrays: np.ndarray, open_batch: bool = False) -> np.ndarray:
    """`function` recorded as a graph, then evaluated."""
    specs = [
        TensorSpec.of((BATCH, *x.shape[1:]) if open_batch else x.shape, x.dtype) for x in arrays
    ]
    return evaluate(trace(function, specs), arrays)[0]


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_basic_indexing(data: Any) -> None:
    x = np.arange(60.0).reshape(3, 4, 5)
    key = data.draw(st_numpy.basic_indices(x.shape, allow_ellipsis=True, allow_newaxis=True))
    np.testing.assert_array_equal(run(lambda t: t[key], x), x[key])


@pytest.mark.parametrize(
    "key",
    [
        (np.array([2, -1, 0]),),
        (slice(None), np.array([[1, 0], [-1, 2]])),
        (np.array([0, 1]), np.array([3, -1])),
        (slice(1, None), np.array([0, 1]), np.array([4, 2])),
        (np.array([0, 1]), slice(None), np.array([4, 2])),
        (..., None, [0, 0, 3]),
        (np.array([1]), 2),
    ],
)
def test_integer_arrays_as_indices(key: Any) -> None:
    x = np.arange(60.0).reshape(3, 4, 5)
    np.testing.assert_array_equal(run(lambda t: t[key], x), x[key])


def test_indexing_a_symbolic_axis() -> None:
    x = np.arange(12.0).reshape(4, 3)
    for key in (slice(1, None), slice(None, -1), -1, slice(None, 2), slice(None, None, 2)):
        found = run(lambda t, key=key: t[key], x, open_batch=True)
        np.testing.assert_array_equal(found, x[key])
    with pytest.raises(TypeError, match=r"ops\.where"):
        run(lambda t: t[t > 0], x)
    with pytest.raises(IndexError, match="out of range"):
        run(lambda t: t[:, 3], x)


@settings(max_examples=60, deadline=None)
@given(st_numpy.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3))
def test_broadcasting_and_its_gradient(shapes: Any) -> None:
    rng = np.random.default_rng(0)
    a, b = (rng.normal(size=shape) for shape in shapes.input_shapes)

    def gradients(x: Any, y: Any) -> list[Any]:
        return grad(F.sum(F.multiply(x, y)), [x, y])

    graph = trace(gradients, [TensorSpec(a.shape, a.dtype), TensorSpec(b.shape, b.dtype)])
    for found, x, other in zip(evaluate(graph, [a, b]), (a, b), (b, a), strict=True):
        full = np.broadcast_to(other, shapes.result_shape)
        axes = tuple(
            axis
            for axis, size in enumerate(shapes.result_shape)
            if axis < full.ndim - x.ndim or x.shape[axis - full.ndim + x.ndim] != size
        )
        np.testing.assert_allclose(found, full.sum(axis=axes).reshape(x.shape), atol=1e-12)


@pytest.mark.parametrize(
    ("subscripts", "shapes"),
    [
        ("bij,jk->bik", [(2, 3, 4), (4, 5)]),
        ("bhqd,bhkd->bhqk", [(2, 3, 4, 5), (2, 3, 6, 5)]),
        ("...a,ab->...b", [(2, 3, 4), (4, 5)]),
        ("bi,bj,k->kij", [(2, 3), (2, 4), (5,)]),
        ("bii->bi", [(2, 3, 3)]),
        ("b...,b...->...", [(2, 3, 1), (2, 1, 4)]),
        ("ba,b->", [(2, 3), (2,)]),
    ],
)
def test_einsum_with_symbolic_batch(subscripts: str, shapes: list[tuple[int, ...]]) -> None:
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=shape) for shape in shapes]
    specs = [
        TensorSpec.of([BATCH if dim == 2 else dim for dim in x.shape], x.dtype) for x in arrays
    ]
    graph = trace(lambda *xs: F.einsum(subscripts, *xs), specs)
    np.testing.assert_allclose(
        evaluate(graph, arrays, {"batch": 2})[0], np.einsum(subscripts, *arrays), atol=1e-12
    )


def test_shapes_follow_the_batch() -> None:
    x = np.random.default_rng(0).normal(size=(4, 6))
    for function, expected in (
        (lambda t: F.reshape(t, (-1, 3)), x.reshape(-1, 3)),
        (lambda t: F.reshape(t, (t.shape[0], 2, -1)), x.reshape(4, 2, 3)),
        (lambda t: F.mean(t), x.mean()),
        (lambda t: F.concatenate([t, t], 0), np.concatenate([x, x])),
        (lambda t: F.add(F.zeros_like(t), F.size(t.shape[0], "float64")), np.full((4, 6), 4.0)),
        (lambda t: F.pad(t, ((1, 0), (0, 0))), np.pad(x, ((1, 0), (0, 0)))),
        (lambda t: F.roll(t, 1, 0), np.roll(x, 1, 0)),
        (lambda t: F.repeat(t, 2, 0), np.repeat(x, 2, 0)),
        (lambda t: F.take_along_axis(t, F.argsort(t, 0), 0), np.sort(x, 0)),
    ):
        np.testing.assert_allclose(run(function, x, open_batch=True), expected, atol=1e-12)


def test_scan_sees_what_surrounds_it() -> None:
    graph = Graph()
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=shape) for shape in ((4, 2, 3), (2, 3), (3, 3), ())]
    with tracing(graph):
        xs, h0, w, scale = (graph.input(TensorSpec(x.shape, x.dtype)) for x in arrays)
        doubled = F.multiply(w, 2)

        def step(carries: list[Any], slices: list[Any]) -> tuple[list[Any], list[Any]]:
            h = F.tanh(F.add(F.matmul(carries[0], doubled), F.multiply(slices[0], scale)))
            return [h, F.add(carries[1], 1)], [F.sum(h)]

        (last, count), (sums,) = F.scan(step, [h0, np.zeros((), "int32")], [xs])
        loss = F.add(F.sum(F.square(last)), F.sum(sums))
        graph.outputs = [loss, count, *grad(loss, [xs, h0, w, scale])]
    value, steps, *gradients = evaluate(graph, arrays)
    assert steps == 4
    for i, gradient in enumerate(gradients):
        direction = rng.normal(size=arrays[i].shape)
        ends = []
        for sign in (1, -1):
            moved = [x + sign * 1e-6 * direction if i == j else x for j, x in enumerate(arrays)]
            ends.append(evaluate(graph, moved))
        slope = (ends[0][0] - ends[1][0]) / 2e-6
        assert np.sum(gradient * direction) == pytest.approx(float(slope), rel=1e-6)
    assert value == pytest.approx(float(evaluate(graph, arrays)[0]))


def test_scan_errors_name_the_state() -> None:
    with pytest.raises(ValueError, match=r"float32\[2\].*float32\[4\]"):
        F.scan(
            lambda c, x: ([F.concatenate([c[0], c[0]])], []), [np.zeros(2, "float32")], [np.ones(3)]
        )


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda: F.add(np.zeros((2, 3)), np.zeros((4, 3))), "do not broadcast"),
        (lambda: F.matmul(np.zeros((2, 3)), np.zeros((4, 3))), "3 columns against 4 rows"),
        (lambda: F.reshape(np.zeros((2, 3)), (4, -1)), "cannot reshape"),
        (lambda: F.concatenate([np.zeros((2, 3)), np.zeros((3, 3))], 1), "only axis 1 may differ"),
        (lambda: F.sum(np.zeros((2, 3)), axis=2), "out of range"),
        (lambda: F.squeeze(np.zeros((2, 3)), 0), "cannot squeeze axis 0"),
        (lambda: F.transpose(np.zeros((2, 3)), (0, 0)), "repeated"),
        (lambda: F.einsum("ij,jk->ik", np.zeros((2, 3))), "1 operands"),
    ],
)
def test_errors_say_what_does_not_fit(function: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        function()


@pytest.mark.parametrize(
    ("function", "slopes"),
    [
        (lambda x: F.maximum(x, 1.0), [0.0, 0.5, 1.0]),
        (lambda x: F.minimum(1.0, x), [1.0, 0.5, 0.0]),
        (lambda x: F.maximum(x, np.ones(3)), [0.0, 0.5, 1.0]),
        (lambda x: F.clip(x, 1.0, 6.0), [0.0, 0.5, 0.5]),
        (F.relu, [0.0, 1.0, 1.0]),
        (F.relu6, [0.0, 1.0, 0.0]),
    ],
)
def test_slopes_of_equal_operands(function: Any, slopes: list[float]) -> None:
    x = np.array([0.0, 1.0, 6.0])
    np.testing.assert_array_equal(run(lambda t: grad(F.sum(function(t)), [t]), x), slopes)
