"""Computing in float32 what native code does not know in 16 bits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.registry import find
from bigdl_backend.graph.rewriter import Rewriter
from bigdl_backend.graph.spec import TensorSpec

_HALVES = {np.dtype("float16"), np.dtype("bfloat16")}
_FLOAT32 = np.dtype("float32")


def widened_halves(graph: Graph, has_kernel: Callable[[Node], bool]) -> Graph:
    """The graph with casts around nodes that have a native kernel for float32, but not for their 16 bits.

    Truths compute in float32 as well, so only roundings between the steps of one primitive differ.
    """
    rewriter = Rewriter(graph)
    for node in graph.nodes:
        specs = [tensor.spec for tensor in (*node.inputs, *node.outputs)]
        if (
            not any(map(_is_half, specs))
            or any(isinstance(attr, Graph) for attr in node.attrs.values())  # a body has its dtypes
            or has_kernel(node)
            or not has_kernel(_widened(node))
        ):
            rewriter.keep(node)
            continue
        operands = [rewriter[tensor] for tensor in node.inputs]
        operands = [
            rewriter.add("cast", [t], {"dtype": "float32"})[0] if _is_half(t.spec) else t
            for t in operands
        ]
        results = rewriter.add(node.primitive, operands, node.attrs)
        for out, wide in zip(node.outputs, results, strict=True):
            narrow = wide
            if wide.dtype != out.dtype:
                (narrow,) = rewriter.add("cast", [wide], {"dtype": out.dtype.name})
            rewriter.equate(out, narrow)
    return rewriter.finish()


def _widened(node: Node) -> Node:
    """The node on float32, in a graph of its own."""
    graph = Graph()
    inputs = [
        graph.input(t.spec.with_dtype(_FLOAT32) if _is_half(t.spec) else t.spec)
        for t in node.inputs
    ]
    specs = find(node.primitive).specs([t.spec for t in inputs], node.attrs)
    graph.add(node.primitive, inputs, node.attrs, specs)
    return graph.nodes[0]


def _is_half(spec: TensorSpec) -> bool:
    return spec.dtype in _HALVES
