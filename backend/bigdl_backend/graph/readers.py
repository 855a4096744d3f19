"""Who reads what in a graph, as passes that look for patterns ask."""

from __future__ import annotations

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.tensor import Tensor


class Readers:
    """The readers of every tensor of a graph.

    Attributes:
        position: of every node in the graph's order.
        outputs: the graph's outputs, which somebody outside reads.
    """

    def __init__(self, graph: Graph) -> None:
        self._constants = graph.constants
        self.outputs = set(graph.outputs)
        self.position = {node: i for i, node in enumerate(graph.nodes)}
        self._readers: dict[Tensor, list[Node]] = {}
        for node in graph.nodes:
            for tensor in dict.fromkeys(node.inputs):
                self._readers.setdefault(tensor, []).append(node)

    def of(self, tensor: Tensor) -> list[Node]:
        """The nodes that read a tensor, each once."""
        return self._readers.get(tensor, [])

    def only(self, tensor: Tensor, primitive: str) -> Node | None:
        """The one reader of a tensor, if it applies `primitive`."""
        readers = self.of(tensor)
        if tensor in self.outputs or len(readers) != 1 or readers[0].primitive != primitive:
            return None
        return readers[0]

    def is_constant(self, tensor: Tensor, number: float) -> bool:
        """Whether a tensor is a constant of one element, `number`."""
        value = self._constants.get(tensor)
        return value is not None and value.size == 1 and float(value.reshape(())) == number
