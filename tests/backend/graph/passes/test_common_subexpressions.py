"""Common subexpressions and dead code."""

from __future__ import annotations

import numpy as np

from bigdl_backend.graph.passes.common_subexpressions import common_subexpressions
from bigdl_backend.graph.passes.dead_code import dead_code
from bigdl_backend.graph.trace import bind


def test_equal_nodes_become_one(graph_of, rewritten, primitives_of):
    def function(x, y):
        left = bind("mul", bind("exp", x), np.float32(3))
        right = bind("mul", bind("exp", x), np.float32(3))
        return bind("add", left, right)

    graph = rewritten(common_subexpressions, graph_of(function, (3,), (3,)))
    assert primitives_of(graph) == ["exp", "mul", "add"]
    assert len(graph.constants) == 1


def test_other_attributes_operands_or_dtypes_are_other_nodes(graph_of, rewritten, primitives_of):
    def function(x, y):
        return [
            bind("reduce_sum", x, axes=(0,), keepdims=False),
            bind("reduce_sum", x, axes=(1,), keepdims=False),
            bind("sub", x, y),
            bind("sub", y, x),
            bind("cast", x, dtype="float16"),
            bind("cast", x, dtype="float64"),
            bind("mul", x, np.float32(0.0)),
            bind("mul", x, np.float32(-0.0)),
            bind("mul", x, np.float32(1)),
            bind("mul", x, np.nextafter(np.float32(1), np.float32(2))),
        ]

    graph = graph_of(function, (3, 3), (3, 3))
    assert primitives_of(rewritten(common_subexpressions, graph)) == primitives_of(graph)


def test_all_outputs_of_a_node_are_shared(graph_of, rewritten, primitives_of):
    def function(x):
        return [*bind("top_k", x, k=2), *bind("top_k", x, k=2)]

    assert primitives_of(rewritten(common_subexpressions, graph_of(function, (5,)))) == ["top_k"]


def test_what_no_output_needs_goes(graph_of, rewritten, primitives_of):
    def function(x, y):
        bind("exp", bind("add", x, np.full(3, 2, np.float32)))
        return bind("neg", y)

    graph = rewritten(dead_code, graph_of(function, (3,), (3,)))
    assert primitives_of(graph) == ["neg"]
    assert not graph.constants
    assert len(graph.inputs) == 2


def test_a_node_with_one_needed_output_stays(graph_of, rewritten, primitives_of):
    graph = graph_of(lambda x: bind("top_k", x, k=2)[1], (5,))
    assert primitives_of(rewritten(dead_code, graph)) == ["top_k"]
