"""Folding of constants."""

from __future__ import annotations

import numpy as np

from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.passes.constant_folding import constant_folding
from bigdl_backend.graph.passes.dead_code import dead_code
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import bind, tracing


def folded(rewritten, graph):
    return dead_code(rewritten(constant_folding, graph))


def graph_with_constant(value, function):
    """Operations on arrays run at once while tracing, so the constant is put in by hand."""
    graph = Graph()
    x = graph.input(TensorSpec.of((4, 3), "float32"))
    with tracing(graph):
        graph.outputs = [function(x, graph.constant(np.asarray(value, np.float32)))]
    return graph


def test_a_chain_of_constants_is_one(rewritten, primitives_of):
    graph = graph_with_constant(
        [1, 2, 3], lambda x, c: bind("add", x, bind("square", bind("exp", c)))
    )
    result = folded(rewritten, graph)
    assert primitives_of(result) == ["add"]
    (value,) = result.constants.values()
    np.testing.assert_allclose(value, np.exp([2, 4, 6]), rtol=1e-6)


def test_work_on_a_repeated_scalar_is_done_once(rewritten, primitives_of):
    def function(x, c):
        many = bind("broadcast_to", c, shape=(4000, 3))
        return bind("div", bind("exp", many), many)

    result = folded(rewritten, graph_with_constant(2.0, function))
    assert primitives_of(result) == ["broadcast_to"]
    assert [value.size for value in result.constants.values()] == [1]


def test_repeated_numbers_are_kept_once(rewritten, primitives_of):
    graph = graph_with_constant(np.full((4, 3), -0.0), lambda x, c: bind("mul", x, c))
    result = folded(rewritten, graph)
    assert primitives_of(result) == ["broadcast_to", "mul"]
    (value,) = result.constants.values()
    assert value.shape == ()
    assert np.signbit(value)


def test_zeros_of_both_signs_are_no_repeated_number(rewritten, primitives_of):
    graph = graph_with_constant([0.0, -0.0, 0.0], lambda x, c: bind("mul", x, c))
    assert primitives_of(folded(rewritten, graph)) == ["mul"]


def test_constants_do_not_grow(rewritten, primitives_of):
    def function(x, c):
        return bind("add", bind("broadcast_to", c, shape=(4000, 3)), c)

    result = folded(rewritten, graph_with_constant([1, 2, 3], function))
    assert primitives_of(result) == ["broadcast_to", "add"]


def test_sums_over_workers_are_never_folded(rewritten, primitives_of):
    graph = graph_with_constant(2.0, lambda x, c: bind("psum", c))
    assert primitives_of(folded(rewritten, graph)) == ["psum"]


def test_small_tables_are_folded(rewritten, primitives_of):
    graph = graph_with_constant(0, lambda x, c: x)
    attrs = {"shape": (3,), "axis": 0, "dtype": "float32"}
    with tracing(graph):
        (numbers,) = graph.add("iota", (), attrs, [TensorSpec.of((3,), "float32")])
        graph.outputs = [bind("add", graph.inputs[0], numbers)]
    assert primitives_of(folded(rewritten, graph)) == ["add"]
