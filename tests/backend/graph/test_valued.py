"""Tensors that carry their values, and the error of those that do not."""

import numpy as np
import pytest

from bigdl_backend.graph.gradient import grad
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import tracing
from bigdl_backend.graph.tracing_error import TracingError
from bigdl_backend.graph.valued import ValuedGraph
from bigdl_backend.primitives import functional as F


def test_values_and_gradients_are_at_hand():
    graph = ValuedGraph()
    x = graph.constant(np.array([1.0, 2.0, 3.0], "float32"))
    y = F.sum(x * x)
    assert float(y) == 14.0
    assert y > 13
    assert f"{y:.1f}" == "14.0"
    assert F.sum(x).item() == 6.0
    assert (x**2).tolist() == [1.0, 4.0, 9.0]
    np.testing.assert_array_equal(np.asarray(grad(y, [x])[0]), [2.0, 4.0, 6.0])
    np.testing.assert_allclose(np.sin(x), np.sin([1.0, 2.0, 3.0]), rtol=1e-6)
    assert list(range(graph.constant(np.int32(3)))) == [0, 1, 2]


def test_loops_see_the_values_around_them():
    graph = ValuedGraph()
    x = graph.constant(np.arange(4, dtype="float32"))
    factor = graph.constant(np.float32(2).reshape(()))
    with tracing(graph):
        (total,), _ = F.scan(
            lambda carry, item: ([carry[0] + item[0] * factor], []), [np.zeros((), "float32")], [x]
        )
    assert float(total) == 12.0


@pytest.fixture
def tensor():
    return Graph().input(TensorSpec.of((3,), "float32"), "features")


@pytest.mark.parametrize(
    ("ask", "mend"),
    [
        (lambda t: bool(t[0] > 0), "ops.cond"),
        (lambda t: int(t[0]), "functions of `ops`"),
        (lambda t: float(t[0]), "functions of `ops`"),
        (lambda t: complex(t[0]), "functions of `ops`"),
        (lambda t: range(t[0]), "ops.arange"),
        (lambda t: np.asarray(t), "instead of NumPy's"),
        (lambda t: np.sin(t), "instead of NumPy's"),
        (lambda t: np.mean(t), "instead of NumPy's"),
        (lambda t: t.numpy(), "instead of NumPy's"),
        (lambda t: t[0].item(), "functions of `ops`"),
        (lambda t: t.tolist(), "functions of `ops`"),
    ],
)
def test_a_missing_value_names_the_line_and_the_mend(tensor, ask, mend):
    with pytest.raises(TracingError, match="not known while") as caught:
        ask(tensor)
    text = str(caught.value)
    assert mend in text
    assert "run_eagerly=True" in text
    assert f'File "{__file__}", line {ask.__code__.co_firstlineno}' in text


@pytest.mark.parametrize("combine", ["+", "-", "*", "/", "@", "==", "<", "//"])
def test_arrays_on_the_left_leave_the_operator_to_the_tensor(tensor, combine):
    names = {"array": np.ones((3, 3), "float32"), "number": np.float32(2), "tensor": tensor}
    assert eval(f"array {combine} tensor", names).graph is tensor.graph
    if combine != "@":
        assert eval(f"number {combine} tensor", names).graph is tensor.graph


def test_the_innermost_layer_is_named():
    error = TracingError("no value")
    error.within("inner", "Gate")
    error.within("outer", "Model")
    assert str(error).startswith("In layer 'inner' (of type Gate): no value\n")
