"""Masking the gradient of a rectifier on the small side of the max pooling behind it."""

from __future__ import annotations

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.readers import Readers
from bigdl_backend.graph.rewriter import Rewriter


def pooled_masks(graph: Graph) -> Graph:
    """The graph with ``max_pool_grad(x, y, select(y > 0, g, 0))`` for ``select(x > 0, max_pool_grad(x, y, g), 0)``.

    A gradient goes to an element of x that equals the maximum y, so both masks say the same.
    """
    readers = Readers(graph)
    pooling = {node: _pooling(readers, node) for node in graph.nodes}
    skipped = set(pooling.values())
    rewriter = Rewriter(graph)
    for node in graph.nodes:
        pool = pooling[node]
        if pool is not None:
            _emit(rewriter, node, pool)
        elif node not in skipped:
            rewriter.keep(node)
    return rewriter.finish()


def _pooling(readers: Readers, node: Node) -> Node | None:
    """The gradient of a pooling that `node` masks, if nothing else reads it."""
    if node.primitive != "select":
        return None
    mask, dx, zero = node.inputs
    condition, pool = mask.node, dx.node
    if condition is None or pool is None or pool.primitive != "max_pool_grad":
        return None
    fits = (
        condition.primitive == "gt"
        and condition.inputs[0] is pool.inputs[0]
        and readers.is_constant(condition.inputs[1], 0)
        and readers.is_constant(zero, 0)
        and readers.only(dx, "select") is node
    )
    return pool if fits else None


def _emit(rewriter: Rewriter, choice: Node, pool: Node) -> None:
    x, y, g = (rewriter[tensor] for tensor in pool.inputs)
    zero = rewriter[choice.inputs[2]]
    (mask,) = rewriter.add("gt", [y, zero], {})
    (masked,) = rewriter.add("select", [mask, g, zero], {})
    rewriter.replace(choice, rewriter.add("max_pool_grad", [x, y, masked], pool.attrs))
