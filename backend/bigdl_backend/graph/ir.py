"""The graph: primitives in single-assignment form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from bigdl_backend.graph.dims import names_in
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.tensor import Tensor


class Node:
    """One application of a primitive. `attrs` are JSON-able, with `Dim`s and (for loops) `Graph`s among them."""

    __slots__ = ("attrs", "inputs", "outputs", "primitive")

    def __init__(self, primitive: str, inputs: Sequence[Tensor], attrs: Mapping[str, Any]) -> None:
        self.primitive = primitive
        self.inputs = tuple(inputs)
        self.attrs = dict(attrs)
        self.outputs: tuple[Tensor, ...] = ()

    def __repr__(self) -> str:
        return f"<Node {self.primitive} -> {', '.join(str(out.spec) for out in self.outputs)}>"


class Graph:
    """Inputs, constants, nodes in execution order, outputs.

    A graph made while another is being traced is its child: a tensor of the parent that is used inside becomes
    an extra input of the child, listed in `captures` in the order of those inputs (which follow the declared ones).
    """

    def __init__(self, parent: Graph | None = None) -> None:
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.inputs: list[Tensor] = []
        self.captures: dict[Tensor, Tensor] = {}
        self.constants: dict[Tensor, np.ndarray] = {}
        self.nodes: list[Node] = []
        self.outputs: list[Tensor] = []
        # Gradients that a user wrote (see `gradient.with_gradient`). They matter until the graph is differentiated.
        self.custom_gradients: dict[Node, Any] = {}

    def input(self, spec: TensorSpec, name: str | None = None) -> Tensor:
        """Declare the next input."""
        tensor = Tensor(self, spec, name=name)
        self.inputs.append(tensor)
        return tensor

    def constant(self, value: np.ndarray) -> Tensor:
        """A constant holding `value` (which must not be changed afterwards)."""
        tensor = Tensor(self, TensorSpec(value.shape, value.dtype))
        self.constants[tensor] = value
        return tensor

    def capture(self, outer: Tensor) -> Tensor:
        """The input through which this graph sees a tensor of an enclosing graph."""
        if outer.graph is self:
            return outer
        if self.parent is None:
            raise ValueError(
                f"{outer!r} belongs to another graph. A tensor made while one model or function was traced "
                "was kept (for example in an attribute) and used in another trace"
            )
        if outer not in self.captures:
            self.captures[outer] = self.input(outer.spec, name=outer.name)
        return self.captures[outer]

    def add(
        self,
        primitive: str,
        inputs: Iterable[Tensor],
        attrs: Mapping[str, Any],
        specs: Sequence[TensorSpec],
    ) -> tuple[Tensor, ...]:
        """Append a node; shapes are the caller's business (`bind` derives them)."""
        node = Node(primitive, tuple(inputs), attrs)
        node.outputs = tuple(Tensor(self, spec, node, index) for index, spec in enumerate(specs))
        self.nodes.append(node)
        return node.outputs

    def dissolve(self) -> None:
        """Let go of everything: nodes and tensors refer to each other, and would stay until a collection."""
        for node in self.nodes:
            node.inputs = node.outputs = ()
        for part in (self.inputs, self.captures, self.constants, self.nodes, self.outputs):
            part.clear()

    def dim_names(self) -> set[str]:
        """Every named size that the inputs depend on."""
        found: set[str] = set()
        for tensor in self.inputs:
            found |= names_in(tensor.shape)
        return found

    def __str__(self) -> str:
        names = {tensor: f"%{i}" for i, tensor in enumerate(self.inputs)}
        lines = [f"inputs {', '.join(f'{names[t]}:{t.spec}' for t in self.inputs)}"]
        for tensor, value in self.constants.items():
            names[tensor] = f"%{len(names)}"
            shown = value.item() if value.size == 1 else "..."
            lines.append(f"{names[tensor]}:{tensor.spec} = constant {shown}")
        for node in self.nodes:
            for out in node.outputs:
                names[out] = f"%{len(names)}"
            left = ", ".join(f"{names[out]}:{out.spec}" for out in node.outputs)
            attrs = "".join(
                f" {key}={value if not isinstance(value, Graph) else '<graph>'}"
                for key, value in node.attrs.items()
            )
            lines.append(
                f"{left} = {node.primitive}({', '.join(names[t] for t in node.inputs)}){attrs}"
            )
        lines.append(f"outputs {', '.join(names[t] for t in self.outputs)}")
        return "\n".join(lines)
