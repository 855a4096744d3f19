"""Sums over workers of tables in which a step touches few rows: the gradients of embeddings."""

from __future__ import annotations

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.rewriter import Rewriter
from bigdl_backend.graph.tensor import Tensor

# Smaller tables travel with other gradients at no cost of their own.
_LEAST_BYTES = 64 << 10
_ZERO_STAYS = frozenset({"cast", "neg", "stop_gradient"})


def row_sums(graph: Graph, least_bytes: int = _LEAST_BYTES) -> Graph:
    """The graph in which tables that are zero but for looked-up rows are summed by `psum_rows`.

    Those rows are named by the indices of the lookups. How many they are differs from worker to worker and
    step to step, so the exchange itself decides whether rows or the whole table take fewer bytes; here only
    shapes decide that are the same on all workers.

    Args:
        graph: without symbolic dimensions.
        least_bytes: of a table.
    """
    rewriter = Rewriter(graph)
    for node in graph.nodes:
        if node.primitive != "psum":
            rewriter.keep(node)
            continue
        whole: list[int] = []
        for i, (operand, result) in enumerate(zip(node.inputs, node.outputs, strict=True)):
            named = _touched(graph, operand) if operand.spec.nbytes >= least_bytes else None
            if named is None:
                whole.append(i)
                continue
            indices = _concatenated(rewriter, named)
            (total,) = rewriter.add("psum_rows", [rewriter[operand], indices], {})
            rewriter.equate(result, total)
        if whole:
            operands = [rewriter[node.inputs[i]] for i in whole]
            for i, total in zip(whole, rewriter.add("psum", operands, node.attrs), strict=True):
                rewriter.equate(node.outputs[i], total)
    return rewriter.finish()


def _touched(graph: Graph, table: Tensor) -> list[Tensor] | None:
    """Indices of all rows of `table` that may not be zero; None: any may."""
    node = table.node
    if node is None or node.primitive == "broadcast_to":
        value = graph.constants.get(table if node is None else node.inputs[0])
        return None if value is None or value.any() else []
    if node.primitive == "scatter_add" and node.attrs["axis"] == 0:
        before = _touched(graph, node.inputs[0])
        return None if before is None else [*before, node.inputs[1]]
    if node.primitive in _ZERO_STAYS:
        return _touched(graph, node.inputs[0])
    if node.primitive == "add" and _same_shapes(node):
        terms = [_touched(graph, operand) for operand in node.inputs]
        return None if None in terms else [index for term in terms for index in term or []]
    return None


def _same_shapes(node: Node) -> bool:
    return all(operand.shape == node.outputs[0].shape for operand in node.inputs)


def _concatenated(rewriter: Rewriter, indices: list[Tensor]) -> Tensor:
    """All indices as int32[n]."""
    parts = []
    for tensor in dict.fromkeys(indices):
        part = rewriter[tensor]
        if part.dtype != "int32":
            (part,) = rewriter.add("cast", [part], {"dtype": "int32"})
        if part.ndim != 1:
            (part,) = rewriter.add("reshape", [part], {"shape": (part.size,)})
        parts.append(part)
    return parts[0] if len(parts) == 1 else rewriter.add("concat", parts, {"axis": 0})[0]
