"""Adding the bias and applying the activation while the result of a product is in cache."""

from __future__ import annotations

from dataclasses import dataclass, field

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.readers import Readers
from bigdl_backend.graph.rewriter import Rewriter
from bigdl_backend.graph.tensor import Tensor

_FUSED = {"matmul": "matmul_bias_act", "conv": "conv_bias_act"}


@dataclass
class _Match:
    """A product, the addition of its bias, and perhaps an activation.

    `masks` compare the sum with 0, as relu and its gradient do: the activated value gives the same answer.
    """

    product: Node
    bias: Tensor
    addition: Node
    last: Node
    activation: str = ""
    masks: list[Node] = field(default_factory=list)


def bias_activation(graph: Graph) -> Graph:
    """The graph with `matmul_bias_act` and `conv_bias_act` where nothing else reads the values in between."""
    finder = _Finder(graph)
    by_addition: dict[Node, _Match] = {}
    for node in graph.nodes:
        match = finder.match(node)
        # Of two products of one row that are added, each looks like the other's bias.
        if match is not None:
            by_addition.setdefault(match.addition, match)
    matches = list(by_addition.values())
    at = {match.last: match for match in matches}
    skipped: set[Node] = set()
    for match in matches:
        skipped |= {match.product, match.addition, match.last, *match.masks}
    rewriter = Rewriter(graph)
    for node in graph.nodes:
        if node in at:
            _emit(rewriter, at[node])
        elif node not in skipped:
            rewriter.keep(node)
    return rewriter.finish()


def _emit(rewriter: Rewriter, match: _Match) -> None:
    product = match.product
    bias = rewriter[match.bias]
    channels = product.outputs[0].shape[-1:]
    if bias.shape != channels:
        (bias,) = rewriter.add("reshape", [bias], {"shape": channels})
    operands = [rewriter[tensor] for tensor in product.inputs]
    attrs = {**product.attrs, "activation": match.activation}
    outputs = rewriter.add(_FUSED[product.primitive], [*operands, bias], attrs)
    rewriter.replace(match.last, outputs)
    for mask in match.masks:
        zero = rewriter[mask.inputs[1]]
        rewriter.replace(mask, rewriter.add(mask.primitive, [outputs[0], zero], {}))


class _Finder:
    def __init__(self, graph: Graph) -> None:
        self.readers = Readers(graph)

    def match(self, product: Node) -> _Match | None:
        """What can be joined to a product, or None."""
        if product.primitive not in _FUSED:
            return None
        (value,) = product.outputs
        addition = self.readers.only(value, "add")
        if addition is None:
            return None
        bias = addition.inputs[1] if addition.inputs[0] is value else addition.inputs[0]
        (total,) = addition.outputs
        channels = value.shape[-1]
        if bias is value or total.shape != value.shape or bias.shape[-1:] != (channels,):
            return None
        if bias.size != channels:
            return None
        return self._with_activation(product, bias, addition) or _Match(
            product, bias, addition, last=addition
        )

    def _with_activation(self, product: Node, bias: Tensor, addition: Node) -> _Match | None:
        (total,) = addition.outputs
        if total in self.readers.outputs:
            return None
        for node in self.readers.of(total):
            activation = (
                self._activation(node, total) if node.outputs[0].spec == total.spec else None
            )
            others = [reader for reader in self.readers.of(total) if reader is not node]
            if activation is None or (others and activation != "relu"):
                continue
            if all(self._is_mask(other, total, after=node) for other in others):
                return _Match(product, bias, addition, node, activation, others)
        return None

    def _activation(self, node: Node, x: Tensor) -> str | None:
        if node.primitive in ("tanh", "sigmoid"):
            return node.primitive
        if node.primitive == "maximum" and any(self.readers.is_constant(t, 0) for t in node.inputs):
            return "relu"
        if node.primitive == "select" and node.inputs[0].node is not None:
            condition, (_, positive, negative) = node.inputs[0].node, node.inputs
            if not self._compares_with_zero(condition, x):
                return None
            if condition.primitive == "le":
                positive, negative = negative, positive
            if positive is x and self.readers.is_constant(negative, 0):
                return "relu"
        return None

    def _is_mask(self, node: Node, x: Tensor, after: Node) -> bool:
        """Whether the node is x > 0 or x <= 0, needed only by `after` and by nodes that run later."""
        return (
            self._compares_with_zero(node, x)
            and node.outputs[0] not in self.readers.outputs
            and all(
                self.readers.position[reader] >= self.readers.position[after]
                for reader in self.readers.of(node.outputs[0])
            )
        )

    def _compares_with_zero(self, node: Node, x: Tensor) -> bool:
        return (
            node.primitive in ("gt", "le")
            and node.inputs[0] is x
            and self.readers.is_constant(node.inputs[1], 0)
        )
