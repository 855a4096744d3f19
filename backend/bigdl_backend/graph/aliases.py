"""Which results are their operand under another name."""

from __future__ import annotations

from collections.abc import Iterable

from bigdl_backend.graph.ir import Node
from bigdl_backend.graph.tensor import Tensor

# Buffers are dense and row-major, so these only rename.
_RENAMING = frozenset({"reshape", "stop_gradient"})


def is_alias(node: Node) -> bool:
    """Whether the node's result has the very bytes of its operand."""
    return node.primitive in _RENAMING


def roots(tensors: Iterable[Tensor], nodes: Iterable[Node]) -> dict[Tensor, Tensor]:
    """For each tensor the one whose bytes it shares, found by following aliases back.

    Args:
        tensors: inputs and constants: their own roots.
        nodes: in an order in which operands come first.
    """
    found = {tensor: tensor for tensor in tensors}
    for node in nodes:
        for out in node.outputs:
            found[out] = found[node.inputs[0]] if is_alias(node) else out
    return found
