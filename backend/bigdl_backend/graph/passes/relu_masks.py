"""Letting the gradient of relu look at its result instead of its operand, which then need not be kept."""

from __future__ import annotations

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.readers import Readers
from bigdl_backend.graph.rewriter import Rewriter
from bigdl_backend.graph.tensor import Tensor


def relu_masks(graph: Graph) -> Graph:
    """The graph with ``max(x, 0) > 0`` for ``x > 0`` where nothing else reads `x`."""
    readers = Readers(graph)
    rewriter = Rewriter(graph)
    activated: dict[Tensor, Tensor] = {}
    for node in graph.nodes:
        x = node.inputs[0] if node.inputs else None
        if x in activated and _is(readers, node, "gt"):
            zero = rewriter[node.inputs[1]]
            rewriter.replace(node, rewriter.add("gt", [activated[x], zero], {}))
            continue
        made = rewriter.keep(node)
        if x is not None and x not in readers.outputs and _is(readers, node, "maximum"):
            others = [reader for reader in readers.of(x) if reader is not node]
            if made[0].spec == x.spec and all(_is(readers, other, "gt") for other in others):
                activated[x] = made[0]
    return rewriter.finish()


def _is(readers: Readers, node: Node, primitive: str) -> bool:
    """Whether the node applies `primitive` to something and a constant 0."""
    return node.primitive == primitive and readers.is_constant(node.inputs[1], 0)
