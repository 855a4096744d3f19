"""The validator finds each kind of broken graph."""

from __future__ import annotations

import numpy as np
import pytest

from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.tensor import Tensor
from bigdl_backend.graph.trace import bind, trace
from bigdl_backend.graph.validate import InvalidGraphError, validate

F32 = TensorSpec.of((3,), "float32")


@pytest.fixture
def graph():
    graph = trace(lambda x, y: bind("mul", bind("add", x, y), np.float32(2)), [F32, F32])
    assert validate(graph) is graph
    return graph


def test_order(graph):
    graph.nodes.reverse()
    with pytest.raises(InvalidGraphError, match=r"mul.*before it is made"):
        validate(graph)


def test_operand_of_another_graph(graph):
    stranger = Graph().input(F32, "stranger")
    graph.nodes[0].inputs = (graph.inputs[0], stranger)
    with pytest.raises(InvalidGraphError, match="stranger"):
        validate(graph)


def test_wrong_shape(graph):
    graph.nodes[1].outputs[0].spec = TensorSpec.of((4,), "float32")
    with pytest.raises(InvalidGraphError, match=r"rule derives: float32\[3\]"):
        validate(graph)


def test_wrong_dtype(graph):
    graph.nodes[0].outputs[0].spec = TensorSpec.of((3,), "float64")
    with pytest.raises(InvalidGraphError, match="add"):
        validate(graph)


def test_operands_that_do_not_fit(graph):
    graph.inputs[0].spec = TensorSpec.of((3,), "int32")
    with pytest.raises(InvalidGraphError, match=r"add.*does not fit its operands"):
        validate(graph)


def test_unknown_primitive(graph):
    graph.nodes[0].primitive = "abracadabra"
    with pytest.raises(InvalidGraphError, match="abracadabra"):
        validate(graph)


def test_wrong_constant(graph):
    (tensor,) = graph.constants
    graph.constants[tensor] = np.zeros((2, 2), np.float32)
    with pytest.raises(InvalidGraphError, match="holds float32"):
        validate(graph)


def test_dangling_output(graph):
    graph.outputs = [Tensor(graph, F32, name="dangling")]
    with pytest.raises(InvalidGraphError, match="dangling"):
        validate(graph)


def test_tensor_made_twice(graph):
    graph.nodes.append(graph.nodes[0])
    with pytest.raises(InvalidGraphError, match="made twice"):
        validate(graph)


def test_output_of_another_node(graph):
    graph.nodes[1].outputs[0].node = graph.nodes[0]
    with pytest.raises(InvalidGraphError, match="does not know"):
        validate(graph)


def test_body_of_a_loop():
    from bigdl_backend.primitives import functional as F

    def looped(x):
        (last,), _ = F.scan(lambda c, s: ([bind("add", c[0], s[0])], []), [x[0]], [x])
        return last

    graph = validate(trace(looped, [TensorSpec.of((4, 3), "float32")]))
    (loop,) = [node for node in graph.nodes if node.primitive == "scan"]
    loop.attrs["body"].nodes.clear()
    with pytest.raises(InvalidGraphError, match="made nowhere"):
        validate(graph)
