"""A graph of operations between symbolic inputs and outputs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bigdl_keras import tree
from bigdl_keras.core.keras_tensor import KerasTensor
from bigdl_keras.core.node import Node
from bigdl_keras.core.operation import Operation


@dataclass(frozen=True)
class OperationGraph:
    """The calls between some symbolic inputs and outputs.

    Attributes:
        nodes: the calls, each after those whose results it takes, as they are run.
        operations: the operations called, those far from the outputs first.
    """

    nodes: list[Node]
    operations: list[Operation]


def node_of(x: KerasTensor) -> Node:
    """The call that made ``x``; ``ValueError`` when it came from nowhere."""
    history = x._keras_history
    if history is None:
        raise ValueError(
            f"The tensor {x} was not made by `Input()` or by a layer, so no model can be made of it"
        )
    return history.operation._inbound_nodes[history.node_index]


def _walk(inputs: Sequence[KerasTensor], outputs: Sequence[KerasTensor]) -> tuple[Any, Any]:
    """Nodes from inputs to outputs, and the order in which operations were first met."""
    stops = {id(x) for x in inputs}
    finished: list[Node] = []
    state: dict[Node, str] = {}
    first_met: dict[Operation, int] = {}

    def enter(x: KerasTensor) -> tuple[Node, Iterator[KerasTensor]] | None:
        node = node_of(x)
        if state.get(node) == "open":
            raise ValueError(
                f"Tensor {x} from operation '{node.operation.name}' is part of a cycle."
            )
        if node in state or (not node.is_input and id(x) in stops):
            return None
        state[node] = "open"
        first_met.setdefault(node.operation, len(first_met))
        return node, iter(node.input_tensors)

    for output in outputs:
        entered = enter(output)
        path = [entered] if entered else []
        while path:
            node, waiting = path[-1]
            x = next(waiting, None)
            if x is None:
                state[node] = "done"
                finished.append(node)
                path.pop()
            else:
                entered = enter(x)
                if entered:
                    path.append(entered)
    return finished, first_met


def map_graph(inputs: Sequence[KerasTensor], outputs: Sequence[KerasTensor]) -> OperationGraph:
    """The graph between ``inputs`` and ``outputs``, in Keras's order of layers.

    Raises ``ValueError`` when an output does not depend on the inputs alone, or when two operations
    have the same name.
    """
    nodes, first_met = _walk(inputs, outputs)
    within = set(nodes)
    node_depth: dict[Node, int] = {}
    operation_depth: dict[Operation, int] = {}
    # The depth of a call is its longest distance from an output; a shared operation has that of
    # its deepest call.
    for node in reversed(nodes):
        depth = max(node_depth.get(node, 0), operation_depth.get(node.operation, 0))
        operation_depth[node.operation] = node_depth[node] = depth
        for parent in node.parent_nodes:
            if parent in within:
                node_depth[parent] = max(depth + 1, node_depth.get(parent, 0))
    for x in inputs:
        node = node_of(x)
        if node.is_input and node.operation not in operation_depth:
            # An input that no output uses.
            operation_depth[node.operation] = node_depth[node] = 0
            first_met[node.operation] = -1

    by_depth: defaultdict[int, list[Node]] = defaultdict(list)
    for node, depth in node_depth.items():
        by_depth[depth].append(node)
    ordered = [node for depth in sorted(by_depth, reverse=True) for node in by_depth[depth]]
    operations = sorted(operation_depth, key=lambda op: (-operation_depth[op], first_met[op]))

    known = {id(x) for x in inputs}
    for node in ordered:
        for x in node.input_tensors:
            if id(x) not in known:
                raise ValueError(
                    f"Graph disconnected: cannot find parent for tensor {x} at operation "
                    f"'{node.operation.name}'. Is it made from an `Input()` that is not among the "
                    f"inputs {[x.name for x in inputs]}?"
                )
        if not node.is_input:
            known.update(id(x) for x in node.outputs)
    for x in outputs:
        if id(x) not in known:
            raise ValueError(f"The output {x} is not connected to the inputs.")
    for name, count in Counter(op.name for op in operations).items():
        if count > 1:
            raise ValueError(
                f'The name "{name}" is used {count} times in the model. All operation names '
                "should be unique."
            )
    return OperationGraph(ordered, operations)


class Function(Operation):
    """An operation made of operations: the graph between ``inputs`` and ``outputs``.

    Args:
        inputs, outputs: symbolic tensors, or structures of them.
        name: defaults to the class name in snake case, numbered.
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        super().__init__(name=name)
        self._set_graph(inputs, outputs)

    def _set_graph(self, inputs: Any, outputs: Any) -> None:
        flat_inputs, flat_outputs = tree.flatten(inputs), tree.flatten(outputs)
        for role, value, flat in (
            ("inputs", inputs, flat_inputs),
            ("outputs", outputs, flat_outputs),
        ):
            if not flat:
                raise ValueError(f"`{role}` argument cannot be empty. Received: {role}={value}")
            for x in flat:
                if not isinstance(x, KerasTensor):
                    raise ValueError(
                        f"All `{role}` values must be KerasTensors. Received: {role}={value} "
                        f"including invalid value {x} of type {type(x)}"
                    )
        self._graph = map_graph(flat_inputs, flat_outputs)
        # Copies: callers may go on changing their lists.
        self._inputs_struct = tree.map_structure(lambda x: x, inputs)
        self._outputs_struct = tree.map_structure(lambda x: x, outputs)
        self._inputs: list[KerasTensor] = flat_inputs
        self._outputs: list[KerasTensor] = flat_outputs

    def _obj_type(self) -> str:
        return "Function"

    @property
    def operations(self) -> list[Operation]:
        """The operations, those far from the outputs first."""
        return list(self._graph.operations)

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs, flat."""
        return self._inputs

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs, flat."""
        return self._outputs

    def call(self, inputs: Any) -> Any:
        """The outputs for ``inputs`` of the structure that the function was made with."""
        tree.assert_same_structure(inputs, self._inputs_struct)
        return self._run(inputs)

    def compute_output_spec(self, inputs: Any) -> Any:
        """Symbolic outputs for symbolic inputs."""
        shapes = [x.shape for x in tree.flatten(inputs)]
        if shapes == [x.shape for x in self._inputs]:
            return tree.map_structure(lambda x: KerasTensor(x.shape, x.dtype), self._outputs_struct)
        return self._run(inputs, lambda operation: operation.compute_output_spec)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shapes of the outputs for the shapes of the inputs."""
        flat: list[Any] = []
        tree.map_shape_structure(flat.append, input_shape)
        inputs = [KerasTensor(s, x.dtype) for s, x in zip(flat, self._inputs, strict=True)]
        outputs = Function.compute_output_spec(self, inputs)
        return tree.map_structure(lambda x: x.shape, outputs)

    def _run(
        self, inputs: Any, operation_fn: Callable[[Any], Callable[..., Any]] = lambda op: op
    ) -> Any:
        """Make every call anew, with ``operation_fn(operation)`` for each operation."""
        flat = tree.flatten(inputs)
        values = {id(x): value for x, value in zip(self._inputs, flat, strict=True)}
        for node in self._graph.nodes:
            if node.is_input:
                continue
            args, kwargs = node.fill_in(values)
            results = operation_fn(node.operation)(*args, **kwargs)
            for x, value in zip(node.outputs, tree.flatten(results), strict=True):
                values[id(x)] = value
        return tree.pack_sequence_as(self._outputs_struct, [values[id(x)] for x in self._outputs])
