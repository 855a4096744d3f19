"""Sums over workers: none for a single one, few and large for several."""

from __future__ import annotations

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.rewriter import Rewriter
from bigdl_backend.graph.tensor import Tensor


def without_sums(graph: Graph) -> Graph:
    """The graph for a world of one worker, where a sum over workers is its operand."""
    rewriter = Rewriter(graph)
    for node in graph.nodes:
        if node.primitive == "psum":
            rewriter.replace(node, [rewriter[tensor] for tensor in node.inputs])
        else:
            rewriter.keep(node)
    return rewriter.finish()


def bucketed_sums(graph: Graph) -> Graph:
    """The graph in which sums that do not wait for each other are one exchange.

    A sum belongs to round n when the longest chain of sums before it has length n; each round is one
    `psum` of all its operands, made when the last of them is there.
    """
    rounds: dict[Tensor, int] = {}
    buckets: dict[int, list[Node]] = {}
    for node in graph.nodes:
        number = max((rounds.get(tensor, 0) for tensor in node.inputs), default=0)
        if node.primitive == "psum":
            buckets.setdefault(number, []).append(node)
            number += 1
        rounds.update(dict.fromkeys(node.outputs, number))
    rewriter = Rewriter(graph)
    for number in range(max(rounds.values(), default=0) + 1):
        for node in graph.nodes:
            if node.primitive != "psum" and all(rounds[out] == number for out in node.outputs):
                rewriter.keep(node)
        members = buckets.get(number, [])
        operands = [rewriter[tensor] for node in members for tensor in node.inputs]
        if operands:
            sums = iter(rewriter.add("psum", operands, {}))
            for node in members:
                rewriter.replace(node, [next(sums) for _ in node.outputs])
    return rewriter.finish()
