"""Every operation gives what stock Keras gives: on arrays, as a graph, and in shape on symbolic inputs."""

from __future__ import annotations

import inspect
from functools import partial
from typing import Any

import jax
import keras
import numpy as np
import pytest

import bigdl_keras
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import evaluate, trace
from bigdl_keras import tree
from tests.keras.ops.case import Case
from tests.keras.ops.cases import CASES
from tests.keras.ops.image_cases import IMAGE_CASES


def compare(result: Any, expected: Any, tolerance: float) -> None:
    found, wanted = tree.flatten(result), keras.tree.flatten(expected)
    assert len(found) == len(wanted)
    for y, reference in zip(found, wanted, strict=True):
        reference = np.asarray(reference)
        assert y.dtype == reference.dtype
        assert y.shape == reference.shape
        np.testing.assert_allclose(
            np.asarray(y, "float64"), np.asarray(reference, "float64"), tolerance, tolerance
        )


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.parity if name in IMAGE_CASES else ()) for name in CASES],
)
def test_values(name: str) -> None:
    case = CASES[name]
    call = partial(case.call, keras.ops)
    # Compiled as a whole, which is faster than operation by operation.
    expected = (jax.jit(call) if case.traces else call)(*map(jax.numpy.asarray, case.arrays))
    compare(case.call(bigdl_keras.ops, *case.arrays), expected, case.tolerance)
    if case.traces:
        specs = [TensorSpec(x.shape, x.dtype) for x in case.arrays]
        graph = trace(lambda *xs: tree.flatten(case.call(bigdl_keras.ops, *xs)), specs)
        compare(evaluate(graph, case.arrays), keras.tree.flatten(expected), case.tolerance)


def symbolic_spec(library: Any, case: Case) -> list[tuple[Any, Any]]:
    inputs = [
        library.KerasTensor([None if dim == 5 else dim for dim in x.shape], x.dtype.name)
        for x in case.arrays
    ]
    outputs = case.call(library.ops, *inputs)
    return [(tuple(y.shape), y.dtype) for y in library.tree.flatten(outputs)]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.symbolic])
def test_symbolic_inputs(name: str) -> None:
    case = CASES[name]
    assert symbolic_spec(bigdl_keras, case) == symbolic_spec(keras, case)


def test_signatures() -> None:
    differing = []
    for name in dir(keras.ops):
        theirs, ours = getattr(keras.ops, name), getattr(bigdl_keras.ops, name, None)
        if not inspect.isfunction(theirs) or ours is None:
            continue
        wanted = [(p.name, p.default) for p in inspect.signature(theirs).parameters.values()]
        found = [(p.name, p.default) for p in inspect.signature(ours).parameters.values()]
        if wanted != found:
            differing.append((name, found, wanted))
    assert not differing


DTYPES = ("bool", "int8", "int32", "uint8", "uint32", "float16", "bfloat16", "float32")
HALVED = {"int64": "int32", "uint64": "uint32"}
PAIRED = ("add", "multiply", "divide", "maximum", "matmul", "equal", "where")
SINGLE = ("sum", "mean", "prod", "max", "exp", "square", "cumsum", "argmax", "abs", "tanh")


def symbolic(library: Any, dtype: str) -> Any:
    """A symbolic input, or a Python scalar."""
    return {"int": 2, "float": 2.0}.get(dtype) or library.KerasTensor((2, 2), dtype)


@pytest.mark.parametrize("name", PAIRED)
def test_promotion_of_pairs(name: str) -> None:
    for first in DTYPES:
        for second in DTYPES if name == "matmul" else (*DTYPES, "int", "float"):
            ours, theirs = (
                getattr(library.ops, name)(
                    *([True] if name == "where" else []),
                    symbolic(library, first),
                    symbolic(library, second),
                )
                for library in (bigdl_keras, keras)
            )
            # Without 64-bit types, where JAX halves them, promotion would lose values.
            assert HALVED.get(ours.dtype, ours.dtype) == theirs.dtype, (first, second)


@pytest.mark.parametrize("name", SINGLE)
def test_dtype_of_results(name: str) -> None:
    for dtype in DTYPES:
        ours, theirs = (
            getattr(library.ops, name)(symbolic(library, dtype)) for library in (bigdl_keras, keras)
        )
        assert ours.dtype == theirs.dtype, dtype


def test_sparsemax_is_a_projection_onto_the_simplex() -> None:
    x = np.array([[0.1, 0.4, -1.0], [3.0, 0.0, 2.5], [0.2, 0.2, 0.2]], "float32")
    expected = [[0.35, 0.65, 0], [0.75, 0, 0.25], [1 / 3, 1 / 3, 1 / 3]]
    np.testing.assert_allclose(bigdl_keras.ops.sparsemax(x), expected, atol=1e-6)
    np.testing.assert_allclose(bigdl_keras.ops.sparsemax(x.T, axis=0).T, expected, atol=1e-6)
