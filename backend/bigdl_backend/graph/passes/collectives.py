"""Sums over workers: none for a single one, few and large for several."""

from __future__ import annotations

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.rewriter import Rewriter
from bigdl_backend.graph.rounds import is_sum, rounds
from bigdl_backend.graph.tensor import Tensor

# Large enough to use a network well, small enough that the first leave while most gradients are still computed.
_BUCKET_BYTES = 4 << 20


def without_sums(graph: Graph) -> Graph:
    """The graph for a world of one worker, where a sum over workers is its operand."""
    if not any(node.primitive == "psum" for node in graph.nodes):
        return graph
    rewriter = Rewriter(graph)
    for node in graph.nodes:
        if node.primitive == "psum":
            rewriter.replace(node, [rewriter[tensor] for tensor in node.inputs])
        else:
            rewriter.keep(node)
    return rewriter.finish()


def bucketed_sums(graph: Graph, bucket_bytes: int = _BUCKET_BYTES) -> Graph:
    """The graph in which sums that do not wait for each other share exchanges.

    The operands of a round, in the order in which they are made, are cut into buckets; each bucket is one
    `psum`. All tables of a round that travel by rows are one `psum_rows`. Every worker must find the same
    exchanges in the same order: this looks at the traced order and at the operands only, whose shapes are the
    same everywhere, and runs before passes that look at more.
    """
    round_of = rounds(graph)
    rewriter = Rewriter(graph)
    order = 0
    for number in range(max(round_of.values(), default=0) + 1):
        members = [node for node in graph.nodes if round_of[node] == number]
        for node in members:
            if not is_sum(node):
                rewriter.keep(node)
        for bucket in _buckets(graph, members, bucket_bytes):
            operands = [rewriter[operand] for operand, _ in bucket]
            sums = rewriter.add("psum", operands, {"order": order})
            order += 1
            for (_, result), total in zip(bucket, sums, strict=True):
                rewriter.equate(result, total)
        tables = [node for node in members if node.primitive == "psum_rows"]
        if tables:
            operands = [rewriter[node.inputs[i]] for i in (0, 1) for node in tables]
            sums = rewriter.add("psum_rows", operands, {"order": order})
            order += 1
            for node, total in zip(tables, sums, strict=True):
                rewriter.equate(node.outputs[0], total)
    return rewriter.finish()


def _buckets(
    graph: Graph, nodes: list[Node], bucket_bytes: int
) -> list[list[tuple[Tensor, Tensor]]]:
    """(operand, result) pairs of all sums among `nodes`, in the order of the operands, in buckets."""
    position = {node: i for i, node in enumerate(graph.nodes)}
    pairs = [
        pair
        for node in nodes
        if node.primitive == "psum"
        for pair in zip(node.inputs, node.outputs, strict=True)
    ]
    pairs.sort(key=lambda pair: -1 if pair[0].node is None else position[pair[0].node])
    buckets: list[list[tuple[Tensor, Tensor]]] = []
    room = 0
    for pair in pairs:
        if room <= 0:
            buckets.append([])
            room = bucket_bytes
        buckets[-1].append(pair)
        room -= pair[0].spec.nbytes
    return buckets
