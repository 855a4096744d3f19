"""Graphs that are computed while they are recorded.

Everything that a trace does works on them, gradients included, and Python may look at every value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from bigdl_backend.graph.eager import run_eagerly
from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.registry import find
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.tensor import Tensor


class ValuedTensor(Tensor):
    """A tensor of a `ValuedGraph`: it can become whatever an array can."""

    __slots__ = ("value",)

    def __init__(self, graph: Graph, value: np.ndarray, node: Node | None = None, index: int = 0):
        super().__init__(graph, TensorSpec(value.shape, value.dtype), node, index)
        self.value = value

    def _known(self, wanted: str) -> np.ndarray:
        return self.value

    def __repr__(self) -> str:
        return f"<Tensor {self.spec} {self.value}>"

    def __format__(self, spec: str) -> str:
        return format(self.value.item(), spec) if spec else str(self.value)


class ValuedGraph(Graph):
    """A graph without inputs: everything in it has a value."""

    def input(self, spec: TensorSpec, name: str | None = None) -> Tensor:
        raise ValueError(f"the input {name!r} {spec} of a graph of values has no value")

    def constant(self, value: np.ndarray) -> Tensor:
        tensor = ValuedTensor(self, value)
        self.constants[tensor] = value
        return tensor

    def add(
        self,
        primitive: str,
        inputs: Iterable[Tensor],
        attrs: Mapping[str, Any],
        specs: Sequence[TensorSpec],
    ) -> tuple[Tensor, ...]:
        """Compute a node and append it."""
        node = Node(primitive, tuple(inputs), attrs)
        values = run_eagerly(find(primitive), [t.value for t in node.inputs], node.attrs)  # type: ignore[attr-defined]
        if len(specs) == 1:
            values = (values,)
        node.outputs = tuple(ValuedTensor(self, v, node, i) for i, v in enumerate(values))
        self.nodes.append(node)
        return node.outputs
