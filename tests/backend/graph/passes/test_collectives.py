"""Sums over workers."""

from __future__ import annotations

from bigdl_backend.graph.passes.collectives import bucketed_sums, without_sums
from bigdl_backend.graph.trace import bind


def step(x, y):
    a = bind("psum", bind("exp", x))
    b, c = bind("psum", bind("neg", y), y)
    scaled = bind("div", a, bind("reduce_sum", b, axes=(0,), keepdims=False))
    return [bind("psum", scaled), c, bind("psum", bind("tanh", x))]


def sums(graph):
    return [node for node in graph.nodes if node.primitive == "psum"]


def test_a_single_worker_sums_nothing(graph_of, rewritten):
    assert not sums(rewritten(without_sums, graph_of(step, (3,), (3,))))


def test_independent_sums_are_one_exchange(graph_of, rewritten):
    first, second = sums(rewritten(bucketed_sums, graph_of(step, (3,), (3,))))
    assert len(first.inputs) == 4
    assert len(second.inputs) == 1


def test_nothing_to_sum(graph_of, rewritten, primitives_of):
    graph = graph_of(lambda x: bind("exp", x), (3,))
    assert primitives_of(rewritten(bucketed_sums, graph)) == ["exp"]
