"""The update of a weight by Adam as one sweep; without a table of zeros where only some rows have a gradient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.readers import Readers
from bigdl_backend.graph.rewriter import Rewriter
from bigdl_backend.graph.tensor import Tensor


@dataclass
class _Update:
    """One update.

    Attributes:
        operands: the weight, the means of gradients and of their squares, and the gradient.
        results: the nodes of the new weight and means.
        inner: the nodes whose results nothing else reads.
        scatter: the node that made the gradient from zeros, if one did.
    """

    operands: list[Tensor]
    alpha: Tensor
    attrs: dict[str, float]
    results: list[Node]
    inner: list[Node]
    scatter: Node | None


def adam_updates(graph: Graph) -> Graph:
    """The graph with `adam_update` and `adam_update_rows` for the updates of float32 weights."""
    finder = _Finder(graph)
    updates = [update for node in graph.nodes if (update := finder.update(node)) is not None]
    at = {update.results[0]: update for update in updates}
    passed = {node for update in updates for node in (*update.results[1:], *update.inner)}
    rewriter = Rewriter(graph)
    # The new means are made where the old nodes made the weight: nothing but the weight may read them before.
    for node in graph.nodes:
        if node in at:
            _emit(rewriter, at[node])
        elif node not in passed:
            rewriter.keep(node)
    return rewriter.finish()


def _emit(rewriter: Rewriter, update: _Update) -> None:
    w, m, v, g = update.operands
    if update.scatter is None:
        primitive, slopes = "adam_update", [g]
    else:
        primitive, slopes = "adam_update_rows", list(update.scatter.inputs[1:])
    operands = [rewriter[tensor] for tensor in (w, m, v, *slopes, update.alpha)]
    made = rewriter.add(primitive, operands, update.attrs)
    for node, new in zip(update.results, made, strict=True):
        rewriter.equate(node.outputs[0], new)


class _Finder:
    def __init__(self, graph: Graph) -> None:
        self.constants = graph.constants
        self.readers = Readers(graph)

    def update(self, node: Node) -> _Update | None:
        """The update that ends with ``node = w - m alpha / (sqrt(v) + epsilon)``, or None."""
        quotient = self._made_by("sub", node.outputs[0], "div", 1)
        if quotient is None or node.outputs[0].dtype != np.float32:
            return None
        scaled = self._inner(quotient.inputs[0], "mul")
        lifted = self._inner(quotient.inputs[1], "add")
        root = None if lifted is None else self._inner(lifted.inputs[0], "sqrt")
        if scaled is None or lifted is None or root is None:
            return None
        new_m, alpha = scaled.inputs
        new_v = root.inputs[0]
        mean, squares = self._mean(new_m, reader=scaled), self._mean(new_v, reader=root)
        if mean is None or squares is None or alpha.shape != ():
            return None
        m, slope, rest_1, of_mean = mean
        v, square, rest_2, of_squares = squares
        epsilon = self._number(lifted.inputs[1])
        squared = self._inner(square, "square")
        w = node.inputs[0]
        if epsilon is None or squared is None or squared.inputs[0] is not slope:
            return None
        if not w.spec == m.spec == v.spec == slope.spec == node.outputs[0].spec:
            return None
        assert new_m.node is not None
        assert new_v.node is not None
        return _Update(
            [w, m, v, slope],
            alpha,
            {"rest_1": rest_1, "rest_2": rest_2, "epsilon": epsilon},
            [node, new_m.node, new_v.node],
            [quotient, scaled, lifted, root, squared, *of_mean, *of_squares],
            self._scatter(slope),
        )

    def _mean(
        self, new: Tensor, reader: Node
    ) -> tuple[Tensor, Tensor, float, tuple[Node, Node]] | None:
        """``old, x, rest`` and the nodes between, where ``new = old + (x - old) rest`` and only `reader` reads it."""
        addition = new.node
        if addition is None or addition.primitive != "add" or self.readers.of(new) != [reader]:
            return None
        old = addition.inputs[0]
        scaled = self._inner(addition.inputs[1], "mul")
        rest = None if scaled is None else self._number(scaled.inputs[1])
        difference = None if scaled is None else self._inner(scaled.inputs[0], "sub")
        if scaled is None or rest is None or difference is None:
            return None
        if difference.inputs[1] is not old:
            return None
        return old, difference.inputs[0], rest, (scaled, difference)

    def _scatter(self, slope: Tensor) -> Node | None:
        """The node that made `slope` from zeros, if only an update reads it."""
        node = slope.node
        if node is None or node.primitive != "scatter_add" or node.attrs["axis"] != 0:
            return None
        zeros = node.inputs[0].node
        source = node.inputs[0] if zeros is None else zeros.inputs[0] if zeros.inputs else None
        value = None if source is None else self.constants.get(source)
        is_zero = value is not None and not value.any()
        if not is_zero or len(self.readers.of(slope)) != 2 or slope in self.readers.outputs:
            return None
        return node

    def _made_by(self, primitive: str, tensor: Tensor, inner: str, place: int) -> Node | None:
        node = tensor.node
        if node is None or node.primitive != primitive:
            return None
        return self._inner(node.inputs[place], inner)

    def _inner(self, tensor: Tensor, primitive: str) -> Node | None:
        """The node of that primitive that made a value which only one other node reads."""
        node = tensor.node
        if node is None or node.primitive != primitive or tensor in self.readers.outputs:
            return None
        return node if len(self.readers.of(tensor)) == 1 else None

    def _number(self, tensor: Tensor) -> float | None:
        value = self.constants.get(tensor)
        return float(value.item()) if value is not None and value.size == 1 else None
