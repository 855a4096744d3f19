"""Computing at once what depends on constants only."""

from __future__ import annotations

import numpy as np

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.passes.elementwise import ELEMENTWISE
from bigdl_backend.graph.registry import find
from bigdl_backend.graph.rewriter import Rewriter
from bigdl_backend.graph.tensor import Tensor

# A result may have as many elements as its operands, or this many: constants are memory and program size.
_SMALL = 1024
_NOT_FOLDED = frozenset({"psum", "psum_rows", "scan", "fused_elementwise"})


def constant_folding(graph: Graph) -> Graph:
    """The graph in which nodes on constants are constants, and elementwise nodes on repeated scalars are one."""
    return _Folding(graph).run()


class _Folding:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.rewriter = Rewriter(graph)
        self.constants = dict(graph.constants)
        # Tensors of the old graph that hold one value everywhere.
        self.scalars: dict[Tensor, np.ndarray] = {}

    def run(self) -> Graph:
        for tensor, value in self.graph.constants.items():
            scalar = _repeated(value)
            if scalar is not None:
                self.scalars[tensor] = scalar
                if value.size > 1:
                    self.rewriter.equate(tensor, self._broadcast(scalar, tensor))
        for node in self.graph.nodes:
            if not self._fold(node):
                self.rewriter.keep(node)
        return self.rewriter.finish()

    def _fold(self, node: Node) -> bool:
        if node.primitive in _NOT_FOLDED:
            return False
        scalars = [self.scalars.get(tensor) for tensor in node.inputs]
        if node.inputs and all(value is not None for value in scalars):
            if node.primitive in ("broadcast_to", "reshape"):
                self.scalars[node.outputs[0]] = scalars[0]  # type: ignore[assignment]
            elif node.primitive in ELEMENTWISE:
                return self._fold_repeated(node, scalars)  # type: ignore[arg-type]
        size = sum(int(out.size) for out in node.outputs)
        limit = max([_SMALL, *(int(tensor.size) for tensor in node.inputs)])
        if size > limit or not all(tensor in self.constants for tensor in node.inputs):
            return False
        with np.errstate(all="ignore"):
            results = find(node.primitive).truth(
                *(self.constants[tensor] for tensor in node.inputs), **node.attrs
            )
        if len(node.outputs) == 1:
            results = (results,)
        for out, result in zip(node.outputs, results, strict=True):
            self._set(out, np.array(result, out.dtype))
        return True

    def _fold_repeated(self, node: Node, scalars: list[np.ndarray]) -> bool:
        (out,) = node.outputs
        with np.errstate(all="ignore"):
            value = np.array(find(node.primitive).truth(*scalars, **node.attrs), out.dtype)
        if out.shape == ():
            self._set(out, value)
            return True
        self.scalars[out] = value
        self.rewriter.equate(out, self._broadcast(value, out))
        return True

    def _broadcast(self, scalar: np.ndarray, like: Tensor) -> Tensor:
        operand = self.rewriter.constant(scalar)
        return self.rewriter.add("broadcast_to", [operand], {"shape": like.shape})[0]

    def _set(self, out: Tensor, value: np.ndarray) -> None:
        self.constants[out] = value
        if value.size == 1:
            self.scalars[out] = value.reshape(())
        self.rewriter.equate(out, self.rewriter.constant(value))


def _repeated(value: np.ndarray) -> np.ndarray | None:
    """The one number that an array holds everywhere, bit for bit, or None."""
    if value.size == 0:
        return None
    first = value.reshape(-1)[:1]
    bits = f"V{value.dtype.itemsize}"
    same = value.size == 1 or bool(
        (np.ascontiguousarray(value).view(bits) == first.view(bits)).all()
    )
    return first.reshape(()).copy() if same else None
