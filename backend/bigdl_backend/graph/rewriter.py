"""Growing a new graph from an old one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.registry import find
from bigdl_backend.graph.tensor import Tensor


class Rewriter:
    """A copy of a graph in the making; the inputs are there from the start.

    A pass walks the nodes of the old graph in order and, for each, either keeps it or says what
    stands for its outputs. Indexing maps old tensors to new ones.

    Attributes:
        graph: the new graph.
    """

    def __init__(self, old: Graph) -> None:
        self.graph = Graph()
        self._old = old
        self._made: dict[Tensor, Tensor] = {}
        for tensor in old.inputs:
            self._made[tensor] = self.graph.input(tensor.spec, tensor.name)

    def __getitem__(self, tensor: Tensor) -> Tensor:
        if tensor not in self._made:  # constants come over when somebody uses them
            self._made[tensor] = self.graph.constant(self._old.constants[tensor])
        return self._made[tensor]

    def constant(self, value: np.ndarray) -> Tensor:
        """A constant of the new graph."""
        return self.graph.constant(value)

    def add(
        self, primitive: str, inputs: Iterable[Tensor], attrs: Mapping[str, Any]
    ) -> tuple[Tensor, ...]:
        """A node on new tensors, with specs from the primitive's rule."""
        operands = tuple(inputs)
        specs = find(primitive).specs([tensor.spec for tensor in operands], dict(attrs))
        return self.graph.add(primitive, operands, attrs, specs)

    def keep(self, node: Node) -> tuple[Tensor, ...]:
        """The same node on the new operands."""
        outputs = self.graph.add(
            node.primitive,
            [self[tensor] for tensor in node.inputs],
            node.attrs,
            [out.spec for out in node.outputs],
        )
        self.replace(node, outputs)
        return outputs

    def replace(self, node: Node, outputs: Iterable[Tensor]) -> None:
        """Let new tensors stand for the outputs of an old node."""
        for old, new in zip(node.outputs, outputs, strict=True):
            if old.spec != new.spec:
                raise AssertionError(f"{node} would become {new.spec}")
            self._made[old] = new

    def equate(self, old: Tensor, new: Tensor) -> None:
        """Let a new tensor stand for one old tensor."""
        self._made[old] = new

    def finish(self) -> Graph:
        """The new graph, with the old outputs."""
        self.graph.outputs = [self[tensor] for tensor in self._old.outputs]
        return self.graph
