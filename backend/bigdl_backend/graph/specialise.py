"""A graph with symbolic dimensions made concrete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.tensor import Tensor
from bigdl_backend.graph.trace import concrete_attrs


def specialise(graph: Graph, sizes: Mapping[str, int]) -> Graph:
    """A copy of `graph`, loop bodies included, in which every named size has its value.

    Raises:
        DimError: a size that the graph depends on is missing.
    """
    concrete = Graph()
    made: dict[Tensor, Tensor] = {}
    for tensor in graph.inputs:
        made[tensor] = concrete.input(tensor.spec.concrete(sizes), tensor.name)
    for tensor, value in graph.constants.items():
        made[tensor] = concrete.constant(value)
    for node in graph.nodes:
        attrs = {
            key: _concrete(value, sizes) for key, value in concrete_attrs(node.attrs, sizes).items()
        }
        if node.primitive == "dim_value":
            made[node.outputs[0]] = concrete.constant(np.asarray(attrs["dim"], attrs["dtype"]))
            continue
        specs = [out.spec.concrete(sizes) for out in node.outputs]
        outputs = concrete.add(node.primitive, [made[t] for t in node.inputs], attrs, specs)
        made.update(zip(node.outputs, outputs, strict=True))
    concrete.outputs = [made[tensor] for tensor in graph.outputs]
    return concrete


def _concrete(value: Any, sizes: Mapping[str, int]) -> Any:
    return specialise(value, sizes) if isinstance(value, Graph) else value
