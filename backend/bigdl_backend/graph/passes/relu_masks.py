"""Letting the gradient of relu look at its result instead of its operand, which then need not be kept."""

from __future__ import annotations

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.rewriter import Rewriter
from bigdl_backend.graph.tensor import Tensor


def relu_masks(graph: Graph) -> Graph:
    """The graph with ``max(x, 0) > 0`` for ``x > 0`` where nothing else reads `x`."""
    outputs = set(graph.outputs)
    readers: dict[Tensor, list[Node]] = {}
    for node in graph.nodes:
        for tensor in dict.fromkeys(node.inputs):
            readers.setdefault(tensor, []).append(node)
    rewriter = Rewriter(graph)
    activated: dict[Tensor, Tensor] = {}
    for node in graph.nodes:
        x = node.inputs[0] if node.inputs else None
        if x in activated and _is(graph, node, "gt"):
            zero = rewriter[node.inputs[1]]
            rewriter.replace(node, rewriter.add("gt", [activated[x], zero], {}))
            continue
        made = rewriter.keep(node)
        if x is not None and x not in outputs and _is(graph, node, "maximum"):
            others = [reader for reader in readers[x] if reader is not node]
            if made[0].spec == x.spec and all(_is(graph, other, "gt") for other in others):
                activated[x] = made[0]
    return rewriter.finish()


def _is(graph: Graph, node: Node, primitive: str) -> bool:
    """Whether the node applies `primitive` to something and a constant 0."""
    if node.primitive != primitive:
        return False
    value = graph.constants.get(node.inputs[1])
    return value is not None and value.size == 1 and not value.any()
