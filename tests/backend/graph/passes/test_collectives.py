"""Sums over workers."""

from __future__ import annotations

from bigdl_backend.graph.passes.collectives import bucketed_sums, without_sums
from bigdl_backend.graph.passes.elementwise_fusion import elementwise_fusion
from bigdl_backend.graph.schedule import schedule
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


def test_large_sums_travel_in_several_buckets(graph_of, rewritten):
    def buckets(graph):
        return bucketed_sums(graph, bucket_bytes=100)

    def function(*inputs):
        made = [bind("exp", x) for x in inputs]
        return bind("psum", *reversed(made))

    graph = rewritten(buckets, graph_of(function, (10,), (20,), (5,), (5,), (5,)))
    assert [[t.size for t in node.inputs] for node in sums(graph)] == [[10, 20], [5, 5, 5]]
    assert [node.attrs["order"] for node in sums(graph)] == [0, 1]


def test_sums_are_never_joined_through_elementwise_nodes(graph_of, rewritten):
    """Else the first sum would wait for the second one, and all workers for ever."""

    def function(x, y):
        a = bind("exp", x)
        first = bind("psum", a, order=0)
        second = bind("psum", y, order=1)
        return [first, bind("add", bind("neg", a), second)]

    graph = rewritten(elementwise_fusion, graph_of(function, (3,), (3,)))
    order = [node.attrs["order"] for node in schedule(graph) if node.primitive == "psum"]
    assert order == [0, 1]


def test_nothing_to_sum(graph_of, rewritten, primitives_of):
    graph = graph_of(lambda x: bind("exp", x), (3,))
    assert primitives_of(rewritten(bucketed_sums, graph)) == ["exp"]
