"""Where the nodes of a graph stand between its sums over workers."""

from __future__ import annotations

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.tensor import Tensor

_SUMS = frozenset({"psum", "psum_rows"})


def is_sum(node: Node) -> bool:
    """Whether the node adds up over all workers, and so waits for them."""
    return node.primitive in _SUMS


def rounds(graph: Graph) -> dict[Node, int]:
    """For each node the number of sums on the longest way to it.

    Sums of one round do not wait for each other. A sum itself is of the round of its operands.
    """
    made: dict[Tensor, int] = {}
    found: dict[Node, int] = {}
    for node in graph.nodes:
        found[node] = max((made.get(tensor, 0) for tensor in node.inputs), default=0)
        after = found[node] + is_sum(node)
        made.update(dict.fromkeys(node.outputs, after))
    return found
