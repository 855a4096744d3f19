"""Checking that a graph is well formed."""

from __future__ import annotations

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.registry import find
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.tensor import Tensor


class InvalidGraphError(AssertionError):
    """A graph breaks a rule; the message names the node."""


def validate(graph: Graph) -> Graph:
    """Returns `graph` if every rule holds, loop bodies included.

    Operands exist before they are read and belong to this graph; every tensor is made once; outputs
    have the specs that the rules of their primitives derive; constants equal their specs.

    Raises:
        InvalidGraphError: the first rule that is broken.
    """
    known: set[Tensor] = set()
    for tensor in [*graph.inputs, *graph.constants]:
        if tensor.node is not None:
            raise InvalidGraphError(
                f"{tensor!r} is an input or constant, but {tensor.node} makes it"
            )
        _define(graph, tensor, known, "the inputs and constants")
    for tensor, value in graph.constants.items():
        if TensorSpec(value.shape, value.dtype) != tensor.spec:
            raise InvalidGraphError(f"{tensor!r} holds {value.dtype}{list(value.shape)}")
    for node in graph.nodes:
        _check_node(graph, node, known)
    for tensor in graph.outputs:
        if tensor not in known:
            raise InvalidGraphError(f"the output {tensor!r} is made nowhere in the graph")
    return graph


def _check_node(graph: Graph, node: Node, known: set[Tensor]) -> None:
    for tensor in node.inputs:
        if tensor not in known:
            raise InvalidGraphError(f"{node} reads {tensor!r} before it is made")
    for value in node.attrs.values():
        if isinstance(value, Graph):
            validate(value)
    try:
        specs = find(node.primitive).specs([tensor.spec for tensor in node.inputs], node.attrs)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidGraphError(f"{node} does not fit its operands: {error}") from error
    if specs != tuple(out.spec for out in node.outputs):
        derived = ", ".join(map(str, specs))
        raise InvalidGraphError(f"{node} has other outputs than its rule derives: {derived}")
    for index, out in enumerate(node.outputs):
        if out.node is not node or out.index != index:
            raise InvalidGraphError(f"{out!r} does not know that it is output {index} of {node}")
        _define(graph, out, known, str(node))


def _define(graph: Graph, tensor: Tensor, known: set[Tensor], where: str) -> None:
    if tensor in known:
        raise InvalidGraphError(f"{tensor!r} is made twice, the second time by {where}")
    if tensor.graph is not graph:
        raise InvalidGraphError(f"{tensor!r} of {where} belongs to another graph")
    known.add(tensor)
