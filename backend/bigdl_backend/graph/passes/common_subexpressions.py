"""Computing equal things once."""

from __future__ import annotations

from typing import Any

from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.rewriter import Rewriter
from bigdl_backend.graph.tensor import Tensor

# Comparing the bytes of larger constants costs more than it finds.
_SMALL_CONSTANT = 1024


def common_subexpressions(graph: Graph) -> Graph:
    """The graph in which nodes of equal primitive, operands and attributes are one node."""
    rewriter = Rewriter(graph)
    constants: dict[Any, Tensor] = {}
    for tensor, value in graph.constants.items():
        if value.nbytes <= _SMALL_CONSTANT:
            content = (tensor.spec, value.tobytes())
            if content not in constants:
                constants[content] = rewriter[tensor]
            rewriter.equate(tensor, constants[content])
    seen: dict[Any, tuple[Tensor, ...]] = {}
    for node in graph.nodes:
        operands = tuple(id(rewriter[tensor]) for tensor in node.inputs)
        key = (node.primitive, operands, tuple(sorted((k, _key(v)) for k, v in node.attrs.items())))
        if key in seen:
            rewriter.replace(node, seen[key])
        else:
            seen[key] = rewriter.keep(node)
    return rewriter.finish()


def _key(value: Any) -> Any:
    # repr keeps 1, 1.0 and True apart, and 0.0 from -0.0; graphs are equal only to themselves.
    return id(value) if isinstance(value, Graph) else repr(value)
