"""Nodes: single calls of operations on symbolic tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from bigdl_keras import tree
from bigdl_keras.core.keras_tensor import KerasTensor

if TYPE_CHECKING:
    from bigdl_keras.core.operation import Operation


class KerasHistory(NamedTuple):
    """Where a symbolic tensor comes from: output ``tensor_index`` of call ``node_index``."""

    operation: Any
    node_index: int
    tensor_index: int


class Node:
    """One call of ``operation``, wired to the calls that made its inputs.

    Making a node adds it to the operation, and gives ``outputs`` their history.

    Attributes:
        args, kwargs: the arguments as given, symbolic tensors among them.
        input_tensors: the symbolic tensors among the arguments.
        outputs: the flat list of symbolic results.
    """

    def __init__(
        self, operation: Operation, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any
    ) -> None:
        self.operation = operation
        self.args = args
        self.kwargs = kwargs
        self.input_tensors = [x for x in tree.flatten((args, kwargs)) if isinstance(x, KerasTensor)]
        self.outputs: list[KerasTensor] = tree.flatten(outputs)
        for output in self.outputs:
            if not isinstance(output, KerasTensor):
                raise ValueError(
                    f"All operation outputs must be tensors. Operation {operation} returned a "
                    f"non-tensor. Non-tensor received: {output}"
                )
            if any(output is x for x in self.input_tensors):
                raise ValueError(
                    f"Operation {operation} returned its own symbolic input {output}. Its "
                    "`compute_output_spec()` must return a new KerasTensor"
                )
        recorded = all(x.record_history for x in self.input_tensors)
        index = len(operation._inbound_nodes)
        operation._inbound_nodes.append(self)
        for x in self.input_tensors:
            if x._keras_history is not None:
                x._keras_history.operation._outbound_nodes.append(self)
        if recorded:
            for i, output in enumerate(self.outputs):
                output._keras_history = KerasHistory(operation, index, i)

    @property
    def is_input(self) -> bool:
        """Whether the call had no symbolic arguments."""
        return not self.input_tensors

    @property
    def output_tensors(self) -> list[KerasTensor]:
        """Keras's name for ``outputs``."""
        return self.outputs

    @property
    def parent_nodes(self) -> list[Node]:
        """The calls that made the inputs."""
        histories = [x._keras_history for x in self.input_tensors]
        return [h.operation._inbound_nodes[h.node_index] for h in histories if h is not None]

    def fill_in(self, values: dict[int, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments with each symbolic tensor ``x`` replaced by ``values[id(x)]``."""
        if len(self.args) == 1 and not self.kwargs and isinstance(self.args[0], KerasTensor):
            return (values[id(self.args[0])],), {}

        def fill(x: Any) -> Any:
            return values.get(id(x)) if isinstance(x, KerasTensor) else x

        return tree.map_structure(fill, self.args), tree.map_structure(fill, self.kwargs)

    def __repr__(self) -> str:
        return f"<Node operation={self.operation.name}, id={id(self)}>"
