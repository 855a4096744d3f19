"""Identities that save a node: x * 1, a reshape of a reshape, a transpose before a matrix product."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.passes.elementwise import BINARY, ELEMENTWISE
from bigdl_backend.graph.registry import find
from bigdl_backend.graph.rewriter import Rewriter
from bigdl_backend.graph.tensor import Tensor

Attrs = Mapping[str, Any]


def algebra(graph: Graph) -> Graph:
    """The graph with the identities of this module applied; results are the same bit for bit.

    (Up to the sign of a zero: x + 0 becomes x.)
    """
    rewriter = Rewriter(graph)
    for node in graph.nodes:
        simpler = _Simplifier(rewriter).simplify(node)
        if simpler is None:
            rewriter.keep(node)
        else:
            rewriter.replace(node, [simpler])
    return rewriter.finish()


class _Simplifier:
    def __init__(self, rewriter: Rewriter) -> None:
        self.rewriter = rewriter

    def simplify(self, node: Node) -> Tensor | None:
        """The new tensor that can stand for the node's only output, or None."""
        if len(node.outputs) != 1:
            return None
        (out,) = node.outputs
        inputs = [self.rewriter[tensor] for tensor in node.inputs]
        rule = _RULES.get(node.primitive)
        found = rule(self, out, inputs, node.attrs) if rule else None
        if found is None and node.primitive in ELEMENTWISE:
            found = self._without_broadcasts(node, inputs)
        return found

    def _without_broadcasts(self, node: Node, inputs: list[Tensor]) -> Tensor | None:
        """Elementwise primitives broadcast by themselves."""
        (out,) = node.outputs
        changed = False
        for i, tensor in enumerate(inputs):
            source = _producer(tensor, "broadcast_to")
            if source is None or node.primitive not in BINARY | {"select"}:
                continue
            narrow = [*inputs[:i], source.inputs[0], *inputs[i + 1 :]]
            specs = find(node.primitive).specs(
                [operand.spec for operand in narrow], dict(node.attrs)
            )
            if specs[0].shape == out.shape:
                inputs, changed = narrow, True
        return self.add(node.primitive, inputs, node.attrs) if changed else None

    def add(self, primitive: str, inputs: list[Tensor], attrs: Attrs) -> Tensor:
        return self.rewriter.add(primitive, inputs, attrs)[0]

    def value(self, tensor: Tensor) -> np.ndarray | None:
        """The one value that a constant, repeated or not, holds."""
        source = _producer(tensor, "broadcast_to")
        constant = self.rewriter.graph.constants.get(source.inputs[0] if source else tensor)
        return constant.reshape(()) if constant is not None and constant.size == 1 else None

    def is_constant(self, tensor: Tensor, value: float) -> bool:
        constant = self.value(tensor)
        return constant is not None and bool(constant == value)

    def same(self, out: Tensor, inputs: list[Tensor], attrs: Attrs) -> Tensor | None:
        return inputs[0] if inputs[0].spec == out.spec else None

    def reshape(self, out: Tensor, inputs: list[Tensor], attrs: Attrs) -> Tensor | None:
        source = _producer(inputs[0], "reshape")
        origin = inputs[0] if source is None else source.inputs[0]
        if origin.spec == out.spec:
            return origin
        return None if source is None else self.add("reshape", [origin], attrs)

    def transpose(self, out: Tensor, inputs: list[Tensor], attrs: Attrs) -> Tensor | None:
        (x,) = inputs
        perm = tuple(attrs["perm"])
        source = _producer(x, "transpose")
        if source is not None:
            x, perm = source.inputs[0], tuple(source.attrs["perm"][axis] for axis in perm)
        if perm == tuple(range(len(perm))):
            return x
        moved = [axis for axis in perm if x.shape[axis] != 1]
        if moved == sorted(moved):  # only axes of size 1 change places
            return self.add("reshape", [x], {"shape": out.shape})
        return None if source is None else self.add("transpose", [x], {"perm": perm})

    def cast(self, out: Tensor, inputs: list[Tensor], attrs: Attrs) -> Tensor | None:
        (x,) = inputs
        if x.dtype == out.dtype:
            return x
        source = _producer(x, "cast")
        if source is not None and source.inputs[0].dtype == out.dtype:
            origin = source.inputs[0]
            return origin if np.can_cast(origin.dtype, x.dtype, "safe") else None
        return None

    def add_(self, out: Tensor, inputs: list[Tensor], attrs: Attrs) -> Tensor | None:
        a, b = inputs
        for x, other in ((a, b), (b, a)):
            if x.spec == out.spec and self.is_constant(other, 0):
                return x
            negated = _producer(other, "neg")
            if negated is not None:
                return self.add("sub", [x, negated.inputs[0]], {})
        return None

    def sub(self, out: Tensor, inputs: list[Tensor], attrs: Attrs) -> Tensor | None:
        a, b = inputs
        if a.spec == out.spec and self.is_constant(b, 0):
            return a
        negated = _producer(b, "neg")
        return None if negated is None else self.add("add", [a, negated.inputs[0]], {})

    def mul(self, out: Tensor, inputs: list[Tensor], attrs: Attrs) -> Tensor | None:
        a, b = inputs
        for x, other in ((a, b), (b, a)):
            if x.spec == out.spec and self.is_constant(other, 1):
                return x
        return None

    def div(self, out: Tensor, inputs: list[Tensor], attrs: Attrs) -> Tensor | None:
        a, b = inputs
        return a if a.spec == out.spec and self.is_constant(b, 1) else None

    def pow(self, out: Tensor, inputs: list[Tensor], attrs: Attrs) -> Tensor | None:
        base, exponent = inputs
        if base.spec != out.spec:
            return None
        if self.is_constant(exponent, 2):
            return self.add("square", [base], {})
        return base if self.is_constant(exponent, 1) else None

    def neg(self, out: Tensor, inputs: list[Tensor], attrs: Attrs) -> Tensor | None:
        source = _producer(inputs[0], "neg")
        return None if source is None else source.inputs[0]

    def reduce(self, out: Tensor, inputs: list[Tensor], attrs: Attrs) -> Tensor | None:
        (x,) = inputs
        if any(x.shape[axis] != 1 for axis in attrs["axes"]) or x.dtype != out.dtype:
            return None
        return x if x.spec == out.spec else self.add("reshape", [x], {"shape": out.shape})

    def matmul(self, out: Tensor, inputs: list[Tensor], attrs: Attrs) -> Tensor | None:
        changed = dict(attrs)
        operands = list(inputs)
        for i, flag in enumerate(("transpose_a", "transpose_b")):
            source = _producer(operands[i], "transpose")
            if source is not None and _swaps_last_two(source.attrs["perm"]):
                operands[i] = source.inputs[0]
                changed[flag] = not changed[flag]
        return self.add("matmul", operands, changed) if changed != attrs else None

    def concat(self, out: Tensor, inputs: list[Tensor], attrs: Attrs) -> Tensor | None:
        return inputs[0] if len(inputs) == 1 else None

    def slice(self, out: Tensor, inputs: list[Tensor], attrs: Attrs) -> Tensor | None:
        # A slice of the full shape can only be the whole.
        return inputs[0] if inputs[0].shape == out.shape else None


def _producer(tensor: Tensor, primitive: str) -> Node | None:
    return tensor.node if tensor.node is not None and tensor.node.primitive == primitive else None


def _swaps_last_two(perm: tuple[int, ...]) -> bool:
    rank = len(perm)
    return rank >= 2 and tuple(perm) == (*range(rank - 2), rank - 1, rank - 2)


Rule = Callable[[_Simplifier, Tensor, list[Tensor], Attrs], Tensor | None]

_RULES: dict[str, Rule] = {
    "stop_gradient": _Simplifier.same,
    "broadcast_to": _Simplifier.same,
    "pad": _Simplifier.same,
    "reshape": _Simplifier.reshape,
    "transpose": _Simplifier.transpose,
    "cast": _Simplifier.cast,
    "add": _Simplifier.add_,
    "sub": _Simplifier.sub,
    "mul": _Simplifier.mul,
    "div": _Simplifier.div,
    "pow": _Simplifier.pow,
    "neg": _Simplifier.neg,
    "reduce_sum": _Simplifier.reduce,
    "reduce_max": _Simplifier.reduce,
    "reduce_min": _Simplifier.reduce,
    "reduce_prod": _Simplifier.reduce,
    "matmul": _Simplifier.matmul,
    "concat": _Simplifier.concat,
    "slice": _Simplifier.slice,
}
