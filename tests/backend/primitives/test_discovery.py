"""Every row of the table of primitives is checked, without anybody listing it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bigdl_backend.graph.dims import Dim
from bigdl_backend.graph.gradient import is_differentiable, vjp
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.registry import PRIMITIVES, find, load_all
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import as_tensor, bind, evaluate, tracing
from bigdl_native import kernel_names, make_kernel
from tests.backend.primitives.cases import BATCH, CASES, Case

load_all()
# The bodies of these fix the dtypes of their operands.
FIXED = ("scan", "fused_elementwise")
ROWS = [(name, index) for name, cases in CASES.items() for index in range(len(cases))]
MADE_BY_PASSES = "bigdl_backend.primitives.fused"
STEP = 1e-6


def test_every_primitive_has_a_case() -> None:
    assert set(PRIMITIVES) == set(CASES)


def truth(name: str, case: Case) -> tuple[np.ndarray, ...]:
    result = find(name).truth(*case.operands, **case.attrs)
    return result if isinstance(result, tuple) else (result,)


def symbolic(value: Any) -> Any:
    """Every size 5 as the dimension n."""
    if isinstance(value, tuple):
        return tuple(symbolic(item) for item in value)
    return Dim.var("n") if type(value) is int and value == BATCH else value


@pytest.mark.parametrize(("name", "index"), ROWS)
def test_shape_rule(name: str, index: int) -> None:
    case = CASES[name][index]
    made = [(np.shape(y), np.asarray(y).dtype) for y in truth(name, case)]
    specs = [TensorSpec(x.shape, x.dtype) for x in case.operands]
    ruled = find(name).specs(specs, case.attrs)
    assert [(spec.shape, spec.dtype) for spec in ruled] == made
    open_specs = [TensorSpec(symbolic(x.shape), x.dtype) for x in case.operands]
    open_attrs = {key: symbolic(value) for key, value in case.attrs.items()}
    open_ruled = find(name).specs(open_specs, open_attrs)
    found = [spec.concrete({"n": BATCH}) for spec in open_ruled]
    assert [(spec.shape, spec.dtype) for spec in found] == made


def projections(name: str, case: Case, arrays: list[np.ndarray]) -> dict[int, np.ndarray]:
    """A random weight for every element of the outputs that are differentiated."""
    outputs = find(name).truth(*arrays, **case.attrs)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    wanted = range(len(outputs)) if case.outputs is None else case.outputs
    rng = np.random.default_rng(7)
    return {
        i: rng.normal(size=np.shape(outputs[i]))
        for i in wanted
        if is_differentiable(np.asarray(outputs[i]).dtype)
    }


def graph_of(name: str, case: Case, orders: int) -> tuple[Graph, list[int]]:
    """The projected value, then that of each further derivative, then the last gradients."""
    graph = Graph()
    weights = projections(name, case, list(case.operands))
    with tracing(graph):
        inputs = [graph.input(TensorSpec(symbolic(x.shape), x.dtype)) for x in case.operands]
        attrs = {key: symbolic(value) for key, value in case.attrs.items()}
        results = bind(name, *inputs, **attrs)
        results = results if isinstance(results, tuple) else (results,)
        floats = [i for i, x in enumerate(inputs) if is_differentiable(x.dtype)]
        tensors = [results[i] for i in weights]
        cotangents = list(weights.values())
        values = []
        for order in range(orders):
            rng = np.random.default_rng(order)
            value: Any = graph.constant(np.zeros(()))
            for tensor, weight in zip(tensors, cotangents, strict=True):
                axes = tuple(range(tensor.ndim))
                shaped = bind("reshape", weight, shape=tuple(tensor.shape))
                part = bind("reduce_sum", bind("mul", tensor, shaped), axes=axes, keepdims=False)
                value = bind("add", value, part)
            values.append(value)
            found = vjp([value], [np.ones(())], [inputs[i] for i in floats])
            tensors = [as_tensor(graph, gradient) for gradient in found]
            cotangents = [rng.normal(size=case.operands[i].shape) for i in floats]
        graph.outputs = [values[-1], *tensors]
    return graph, floats


def check_gradient(name: str, case: Case, order: int, tolerance: float) -> None:
    """Directional derivatives of the graph's value along every operand."""
    graph, floats = graph_of(name, case, order)
    arrays = list(case.operands)
    results = evaluate(graph, arrays, {"n": BATCH})
    for place, gradient in zip(floats, results[1:], strict=True):
        direction = np.random.default_rng(place).normal(size=arrays[place].shape)
        ends = []
        for sign in (1, -1):
            moved = list(arrays)
            moved[place] = arrays[place] + sign * STEP * direction
            ends.append(float(evaluate(graph, moved, {"n": BATCH})[0]))
        expected = (ends[0] - ends[1]) / (2 * STEP)
        assert np.sum(gradient * direction) == pytest.approx(
            expected, rel=tolerance, abs=tolerance
        ), f"operand {place}"


SMOOTH = [
    (name, index)
    for name, index in ROWS
    if CASES[name][index].smooth
    and any(is_differentiable(x.dtype) for x in CASES[name][index].operands)
    and any(is_differentiable(np.asarray(y).dtype) for y in truth(name, CASES[name][index]))
    and not PRIMITIVES[name].truth.__module__.startswith(MADE_BY_PASSES)
]


@pytest.mark.parametrize(("name", "index"), SMOOTH)
def test_gradient(name: str, index: int) -> None:
    check_gradient(name, CASES[name][index], 1, 2e-6)


@pytest.mark.parametrize(("name", "index"), [row for row in SMOOTH if CASES[row[0]][row[1]].second])
def test_second_gradient(name: str, index: int) -> None:
    check_gradient(name, CASES[name][index], 2, 2e-5)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "index"), [row for row in ROWS if row[0] in kernel_names()])
def test_native_kernel(name: str, index: int, dtype: str) -> None:
    case = CASES[name][index]
    if name == "fused_elementwise":
        case = Case(
            case.operands, {**case.attrs, "dtypes": (dtype,) * 2, "scalar_dtypes": (dtype,)}
        )
    arrays = [
        np.ascontiguousarray(x.astype(dtype) if x.dtype == np.float64 else x) for x in case.operands
    ]
    expected = truth(name, Case(tuple(arrays), case.attrs))
    operands = [(x.dtype.name, x.shape) for x in arrays]
    results = [np.empty(np.shape(y), np.asarray(y).dtype) for y in expected]
    kernel = make_kernel(
        name, operands, [(y.dtype.name, y.shape) for y in results], case.attrs, threads=2
    )
    if kernel is None:
        # float32 is what kernels are for; everything else may fall back to the truth.
        assert dtype != "float32", f"no kernel of {name}"
        return
    kernel.run(arrays, results, 2)
    tolerance = 3e-5 if dtype == "float32" else 1e-10
    for result, wanted in zip(results, expected, strict=True):
        np.testing.assert_allclose(
            result.astype(np.float64),
            np.asarray(wanted).astype(np.float64),
            rtol=tolerance,
            atol=tolerance,
        )


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize(("name", "index"), [row for row in ROWS if row[0] not in FIXED])
def test_dtype_of_the_truth(name: str, index: int, dtype: str) -> None:
    case = CASES[name][index]
    arrays = [x.astype(dtype) if x.dtype == np.float64 else x for x in case.operands]
    made = truth(name, Case(tuple(arrays), case.attrs))
    ruled = find(name).specs([TensorSpec(x.shape, x.dtype) for x in arrays], case.attrs)
    assert [np.asarray(y).dtype for y in made] == [spec.dtype for spec in ruled]
