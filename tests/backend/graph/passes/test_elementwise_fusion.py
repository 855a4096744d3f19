"""Fusion of elementwise nodes."""

from __future__ import annotations

import numpy as np

from bigdl_backend.graph.gradient import grad
from bigdl_backend.graph.passes.elementwise_fusion import elementwise_fusion
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F


def fused(graph_of, rewritten, function, *shapes, rtol=1e-6):
    return rewritten(elementwise_fusion, graph_of(function, *shapes), rtol=rtol)


def traffic(graph) -> int:
    """Elements read and written by all nodes; scalar constants live in registers."""
    return sum(
        tensor.size
        for node in graph.nodes
        for tensor in (*dict.fromkeys(node.inputs), *node.outputs)
        if tensor not in graph.constants
    )


def test_a_chain_is_one_node(graph_of, rewritten, primitives_of):
    def chain(x, row):
        y = bind("mul", bind("exp", bind("neg", x)), row)
        return bind("select", bind("gt", y, np.float32(0.5)), y, bind("cast", y, dtype="float32"))

    (node,) = fused(graph_of, rewritten, chain, (4, 3), (3,)).nodes
    assert node.primitive == "fused_elementwise"
    assert node.attrs["ops"] == ("neg", "exp", "mul", "gt", "cast", "select")
    assert node.attrs["scalars"] == (0.5,)
    assert [t.shape for t in node.inputs] == [(4, 3), (3,)]


def test_results_that_others_need_are_outputs(graph_of, rewritten):
    def function(x):
        y = bind("exp", x)
        z = bind("neg", y)
        return [z, bind("reduce_sum", y, axes=(0,), keepdims=False)]

    graph = fused(graph_of, rewritten, function, (4, 3))
    assert len(graph.nodes[0].outputs) == 2
    assert [node.primitive for node in graph.nodes] == ["fused_elementwise", "reduce_sum"]


def test_a_path_through_another_node_is_respected(graph_of, rewritten, primitives_of):
    def softmax(x):
        e = bind("exp", x)
        total = bind("reduce_sum", e, axes=(1,), keepdims=True)
        return bind("div", e, total)

    names = primitives_of(fused(graph_of, rewritten, softmax, (4, 3)))
    assert names == ["exp", "reduce_sum", "div"]


def test_shapes_do_not_mix(graph_of, rewritten, primitives_of):
    def function(x, row):
        return bind("add", bind("tanh", x), bind("exp", row))

    names = primitives_of(fused(graph_of, rewritten, function, (4, 3), (3,)))
    assert sorted(names) == ["exp", "fused_elementwise"]


def test_optimizer_update_is_one_node(graph_of, rewritten):
    def adam(w, m, v, g, rate):
        m = m + (g - m) * np.float32(0.1)
        v = v + (F.square(g) - v) * np.float32(0.001)
        return [w - m * rate / (F.sqrt(F.absolute(v)) + np.float32(1e-3)), m, v]

    shape = (8, 4)
    (node,) = fused(graph_of, rewritten, adam, shape, shape, shape, shape, (), rtol=1e-5).nodes
    assert len(node.inputs) == 5
    assert len(node.outputs) == 3


def test_unsupported_nodes_stay_alone(graph_of, rewritten, primitives_of):
    def function(x):
        return bind("exp", bind("lgamma", bind("abs", bind("neg", x))))

    def fusion(graph):
        return elementwise_fusion(graph, lambda node: node.primitive != "lgamma")

    names = primitives_of(rewritten(fusion, graph_of(function, (3,))))
    assert names == ["fused_elementwise", "lgamma", "exp"]


def test_memory_traffic_never_grows(random_step, rewritten):
    for seed in range(40):
        step = random_step(seed, nodes=20, gradients=seed % 2 == 0)
        assert traffic(elementwise_fusion(step.graph)) <= traffic(step.graph)


def test_long_programs_are_cut(graph_of, rewritten):
    def long(x):
        for _ in range(150):
            x = bind("tanh", x)
        return x

    graph = fused(graph_of, rewritten, long, (3,))
    assert 3 <= len(graph.nodes) <= 6
    assert sum(len(node.attrs["ops"]) for node in graph.nodes) == 150


def test_gradient_of_a_fused_forward(graph_of, rewritten):
    def function(x):
        return grad(F.mean(F.gelu(F.multiply(x, 2))), [x])

    names = [node.primitive for node in fused(graph_of, rewritten, function, (6, 5)).nodes]
    assert names.count("fused_elementwise") <= 2


def test_integers_no_float_holds_go_as_operands(graph_of, rewritten):
    big = np.asarray(2**53 + 1, np.int64)

    def function(x):
        return bind("sub", bind("add", x, big), np.asarray(1, np.int64))

    (node,) = rewritten(elementwise_fusion, graph_of(function, (3,), dtype="int64")).nodes
    assert len(node.inputs) == 2
    assert node.attrs["scalars"] == (1.0,)
