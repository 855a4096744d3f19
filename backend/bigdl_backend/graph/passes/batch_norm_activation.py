"""Batch normalization, the addition of a shortcut and the rectifier behind it in one sweep, and back."""

from __future__ import annotations

from dataclasses import dataclass

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.readers import Readers
from bigdl_backend.graph.rewriter import Rewriter
from bigdl_backend.graph.tensor import Tensor

_HALVES = {"float16", "bfloat16"}
_PARAMETERS = {"float32", "float64"}


@dataclass
class _Forward:
    """A normalization and what follows it, up to `result`.

    Attributes:
        x: the data, in 16 bits where only casts stood between.
        chain: the nodes that become one.
        rectified: what the masks of the gradient look at; None: they stay.
        limit: the node that makes relu6 of relu.
    """

    x: Tensor
    result: Tensor
    chain: set[Node]
    addend: Tensor | None = None
    activation: str = ""
    rectified: Tensor | None = None
    limit: Node | None = None

    def extend(self, node: Node) -> None:
        self.chain.add(node)
        (self.result,) = node.outputs


@dataclass
class _Backward:
    """A gradient with the masks before it: `g` goes in, `dx` comes out."""

    g: Tensor
    dx: Tensor
    forward: _Forward
    chain: set[Node]
    activation: str = ""


def batch_norm_activation(graph: Graph) -> Graph:
    """The graph with `batch_norm_act` and `batch_norm_act_grad` where nothing else reads the values in between."""
    finder = _Finder(graph)
    skipped = {node for found in finder.forwards.values() for node in found.chain}
    skipped |= {node for found in finder.backwards.values() for node in found.chain}
    rewriter = Rewriter(graph)
    for node in graph.nodes:
        if node in finder.forwards:
            _emit_forward(rewriter, node, finder.forwards[node])
        elif node in finder.backwards:
            _emit_backward(rewriter, node, finder.backwards[node])
        elif node not in skipped:
            rewriter.keep(node)
    return rewriter.finish()


def _emit_forward(rewriter: Rewriter, norm: Node, found: _Forward) -> None:
    operands = [found.x, *norm.inputs[1:]] + ([found.addend] if found.addend is not None else [])
    made = rewriter.add(
        "batch_norm_act",
        [rewriter[tensor] for tensor in operands],
        {**norm.attrs, "activation": found.activation},
    )
    for old, new in zip((found.result, *norm.outputs[1:]), made, strict=True):
        rewriter.equate(old, new)


def _emit_backward(rewriter: Rewriter, gradient: Node, found: _Backward) -> None:
    _, _, mean, variance, gamma = gradient.inputs
    assert mean.node is not None
    operands = [found.g, found.forward.x, mean, variance, gamma, mean.node.inputs[2]]
    made = rewriter.add(
        "batch_norm_act_grad",
        [rewriter[tensor] for tensor in operands],
        {**gradient.attrs, "activation": found.activation},
    )
    for old, new in zip((found.dx, *gradient.outputs[1:]), made, strict=True):
        rewriter.equate(old, new)


class _Finder:
    """The matches in a graph, by the normalization or the gradient that they grow from."""

    def __init__(self, graph: Graph) -> None:
        self.readers = Readers(graph)
        norms = [node for node in graph.nodes if _is_norm(node)]
        forwards = {node: self._forward(node) for node in norms}
        self.backwards: dict[Node, _Backward] = {}
        for node in graph.nodes:
            norm = _norm_of(node)
            if norm in forwards:
                backward = self._backward(node, forwards[norm])
                if len(backward.chain) > 1:
                    self.backwards[node] = backward
        for forward in forwards.values():
            self._take_limit(forward)
        self.forwards = {
            norm: forward for norm, forward in forwards.items() if len(forward.chain) > 1
        }

    def _forward(self, norm: Node) -> _Forward:
        found = _Forward(norm.inputs[0], norm.outputs[0], {norm})
        narrow = self._narrowed(found.result, found.x)
        if narrow is not None:
            assert found.x.node is not None
            found.x = found.x.node.inputs[0]
            found.extend(narrow)
        addition = self.readers.only(found.result, "add")
        if addition is not None:
            addend = _other(addition, found.result)
            if addend.spec == found.x.spec and self._is_there_before(norm, addend):
                found.addend = addend
                found.extend(addition)
        rectifier = self.readers.only(found.result, "maximum")
        if rectifier is not None and self._is_limit(rectifier, found.result, 0):
            found.activation = "relu"
            found.extend(rectifier)
            if found.addend is None:
                found.rectified = found.result
                limits = [n for n in self.readers.of(found.result) if n.primitive == "minimum"]
                if len(limits) == 1 and self._is_limit(limits[0], found.result, 6):
                    found.limit = limits[0]
        return found

    def _take_limit(self, found: _Forward) -> None:
        """Makes relu relu6, unless a mask that stays has to see the value before the limit."""
        if found.limit is None or found.result in self.readers.outputs:
            return
        absorbed: set[Node] = set()
        for backward in self.backwards.values():
            absorbed |= backward.chain if backward.forward is found else set()
        if absorbed.issuperset(n for n in self.readers.of(found.result) if n is not found.limit):
            found.activation = "relu6"
            found.extend(found.limit)

    def _backward(self, gradient: Node, forward: _Forward) -> _Backward:
        found = _Backward(gradient.inputs[0], gradient.outputs[0], forward, {gradient})
        reader = gradient
        if forward.x is not gradient.inputs[1]:
            narrow = self._narrowed(found.dx, found.g)
            if narrow is None or narrow.outputs[0].dtype != forward.x.dtype:
                return found
            assert found.g.node is not None
            reader = found.g.node
            found.g = reader.inputs[0]
            (found.dx,) = narrow.outputs
            found.chain.add(narrow)
            if self.readers.of(reader.outputs[0]) != [gradient]:
                return found
            found.chain.add(reader)
        if forward.rectified is not None and self.readers.of(found.g) == [reader]:
            self._absorb_masks(found, forward.rectified)
        return found

    def _absorb_masks(self, found: _Backward, value: Tensor) -> None:
        """Lets the gradient begin before ``select(value > 0, g, 0)``; with a limit of 6, where ``g`` is in turn
        ``select(value < 6, h, select(value == 6, h / 2, 0))``, before ``h``.
        """
        outer = self._masked(found.g, "gt", value, 0)
        if outer is None or found.g in self.readers.outputs:
            return
        passed = outer[0].inputs[1]
        if found.forward.limit is None:
            if passed.spec == found.g.spec:
                found.g, found.activation = passed, "relu"
                found.chain.add(outer[0])
            return
        below = self._masked(passed, "lt", value, 6)
        if below is None:
            return
        at = self._masked(below[0].inputs[2], "eq", value, 6)
        if at is None:
            return
        half, (_, whole, _) = at[0].inputs[1].node, below[0].inputs
        if half is None or half.primitive != "mul" or half.inputs[0] is not whole:
            return
        if not self.readers.is_constant(half.inputs[1], 0.5) or whole.spec != found.g.spec:
            return
        chain = {*outer, *below, *at, half}
        inside = [out for node in chain for out in node.outputs if node is not outer[0]]
        if all(chain.issuperset(self.readers.of(tensor)) for tensor in inside):
            found.g, found.activation = whole, "relu6"
            found.chain |= chain

    def _masked(
        self, tensor: Tensor, primitive: str, value: Tensor, limit: float
    ) -> tuple[Node, Node] | None:
        """The choice that made a tensor and its condition, if it is ``primitive(value, limit)``."""
        choice = tensor.node
        if choice is None or choice.primitive != "select":
            return None
        condition = choice.inputs[0].node
        if (
            condition is None
            or condition.primitive != primitive
            or condition.inputs[0] is not value
        ):
            return None
        if not self.readers.is_constant(condition.inputs[1], limit):
            return None
        if primitive != "lt" and not self.readers.is_constant(choice.inputs[2], 0):
            return None
        return choice, condition

    def _narrowed(self, y: Tensor, x: Tensor) -> Node | None:
        """The cast of y, if it brings back the 16 bits that x was cast from."""
        narrow = self.readers.only(y, "cast")
        if narrow is None or x.node is None or x.node.primitive != "cast":
            return None
        before = x.node.inputs[0].dtype
        is_same = before.name in _HALVES and narrow.outputs[0].dtype == before
        return narrow if is_same else None

    def _is_there_before(self, node: Node, tensor: Tensor) -> bool:
        position = self.readers.position
        return tensor.node is None or position[tensor.node] < position[node]

    def _is_limit(self, node: Node, tensor: Tensor, limit: float) -> bool:
        is_same = node.outputs[0].spec == tensor.spec
        return is_same and self.readers.is_constant(_other(node, tensor), limit)


def _is_norm(node: Node) -> bool:
    return node.primitive == "batch_norm" and node.inputs[1].dtype.name in _PARAMETERS


def _norm_of(gradient: Node) -> Node | None:
    """The normalization that a node is the gradient of."""
    if gradient.primitive != "batch_norm_grad":
        return None
    _, x, mean, variance, gamma = gradient.inputs
    norm = mean.node
    if norm is None or norm.primitive != "batch_norm" or norm.attrs != gradient.attrs:
        return None
    same = norm.inputs[:2] == (x, gamma) and norm.outputs[1:] == (mean, variance)
    return norm if same else None


def _other(node: Node, tensor: Tensor) -> Tensor:
    return node.inputs[1 if node.inputs[0] is tensor else 0]
