"""Dropping nodes that no output needs."""

from __future__ import annotations

from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.rewriter import Rewriter


def dead_code(graph: Graph) -> Graph:
    """The graph without nodes and constants that contribute to no output; inputs stay."""
    needed = set(graph.outputs)
    kept = set()
    for node in reversed(graph.nodes):
        if not needed.isdisjoint(node.outputs):
            needed.update(node.inputs)
            kept.add(node)
    if len(kept) == len(graph.nodes) and needed.issuperset(graph.constants):
        return graph
    rewriter = Rewriter(graph)
    for node in graph.nodes:
        if node in kept:
            rewriter.keep(node)
    return rewriter.finish()
