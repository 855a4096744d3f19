"""The graph of a functional model in Keras's config format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bigdl_keras import tree
from bigdl_keras.core.function import node_of
from bigdl_keras.core.keras_op import OpCall
from bigdl_keras.core.keras_tensor import KerasTensor
from bigdl_keras.core.node import Node
from bigdl_keras.core.operation import Operation
from bigdl_keras.saving import deserialize_keras_object, serialize_keras_object


def _first_number(operation: Operation) -> int:
    """The number that ``input_layers`` and ``output_layers`` give the first call of ``operation``.

    Keras counts from one there for functional models, and from zero for all else.
    """
    from bigdl_keras.models.functional import Functional

    return int(isinstance(operation, Functional))


def functional_config(model: Any) -> dict[str, Any]:
    """The config of a functional model: its layers, their calls, and where data goes in and out."""
    numbers = _node_numbers(model._graph.nodes)
    layers = []
    for operation in model._graph.operations:
        config = serialize_keras_object(operation)
        config["name"] = operation.name
        config["inbound_nodes"] = [
            _node_config(node, numbers)
            for node in operation._inbound_nodes
            if id(node) in numbers and not node.is_input
        ]
        layers.append(config)

    def place(x: KerasTensor) -> list[Any]:
        name, number, index = _place(x, numbers)
        return [name, number + _first_number(node_of(x).operation), index]

    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": layers,
        "input_layers": tree.map_structure(place, model._inputs_struct),
        "output_layers": tree.map_structure(place, model._outputs_struct),
    }


def _node_numbers(nodes: list[Node]) -> dict[int, int]:
    """``{id(node): number among the calls of its operation within this model}``."""
    within = {id(node) for node in nodes}
    numbers: dict[int, int] = {}
    for node in nodes:
        calls = [n for n in node.operation._inbound_nodes if id(n) in within]
        numbers.update({id(call): i for i, call in enumerate(calls)})
    return numbers


def _place(x: KerasTensor, numbers: dict[int, int]) -> list[Any]:
    operation, _, tensor_index = x._keras_history  # type: ignore[misc]
    return [operation.name, numbers[id(node_of(x))], tensor_index]


def _node_config(node: Node, numbers: dict[int, int]) -> dict[str, Any]:
    def written(x: Any) -> Any:
        if not isinstance(x, KerasTensor):
            return serialize_keras_object(x)
        return {
            "class_name": "__keras_tensor__",
            "config": {
                "shape": list(x.shape),
                "dtype": x.dtype,
                "keras_history": _place(x, numbers),
            },
        }

    return {
        "args": [_mapped(written, arg) for arg in node.args],
        "kwargs": {name: _mapped(written, arg) for name, arg in node.kwargs.items()},
    }


def _mapped(function: Callable[[Any], Any], structure: Any) -> Any:
    """Like ``tree.map_structure``, keeping plain lists and dicts."""
    if isinstance(structure, dict):
        return {key: _mapped(function, item) for key, item in structure.items()}
    if isinstance(structure, (list, tuple)):
        return [_mapped(function, item) for item in structure]
    return function(structure)


class _NotYet(Exception):
    """A call that a layer needs was not made yet."""


class _Revival:
    """Makes the calls of a saved graph anew."""

    def __init__(self, layer_configs: list[dict[str, Any]], custom_objects: Any) -> None:
        self.operations: dict[str, Operation] = {}
        self.waiting: dict[str, list[Any]] = {}
        # Calls that operations had before the graph was read, to be skipped when counting.
        self.offsets: dict[str, int] = {}
        for config in layer_configs:
            operation = deserialize_keras_object(config, custom_objects=custom_objects)
            if not isinstance(operation, Operation):
                raise ValueError(
                    "Unexpected object from deserialization, expected a layer or operation, got a "
                    f"{type(operation)}"
                )
            name = config["name"]
            self.operations[name] = operation
            self.waiting[name] = list(config["inbound_nodes"])
            self.offsets[name] = len(operation._inbound_nodes) if self.waiting[name] else 0

    def tensor(self, name: str, node_index: int, tensor_index: int) -> KerasTensor:
        """The symbolic tensor at that place; :class:`_NotYet` if its call was not made yet."""
        if name not in self.operations:
            raise ValueError(f"The saved graph refers to the layer '{name}', which it lacks")
        nodes = self.operations[name]._inbound_nodes
        index = node_index + self.offsets[name]
        if index >= len(nodes):
            raise _NotYet
        return nodes[index].outputs[tensor_index]

    def run(self) -> None:
        """Make all calls; ``ValueError`` when some can never be made."""
        while any(self.waiting.values()):
            progress = False
            for name, calls in self.waiting.items():
                while calls:
                    try:
                        args, kwargs = self._arguments(calls[0])
                    except _NotYet:
                        break
                    operation = self.operations[name]
                    if isinstance(operation, OpCall):
                        # JSON has no tuples, but an index of several axes must be one.
                        args, kwargs = tree.lists_to_tuples((tuple(args), kwargs))
                    operation(*args, **kwargs)
                    calls.pop(0)
                    progress = True
            if not progress:
                stuck = [name for name, calls in self.waiting.items() if calls]
                raise ValueError(
                    "Invalid Functional model configuration: the graph has loops or disconnected "
                    f"nodes. The calls of these layers could not be made: {stuck}"
                )

    def _arguments(self, call: Any) -> tuple[list[Any], dict[str, Any]]:
        if isinstance(call, list):  # the format of Keras 2
            tensors = [self.tensor(*entry[:3]) for entry in call]
            kwargs = call[0][3] if len(call[0]) > 3 else {}
            return [tensors[0] if len(tensors) == 1 else tensors], kwargs

        def read(x: Any) -> Any:
            if isinstance(x, KerasTensor) and x._pre_serialization_keras_history:
                return self.tensor(*x._pre_serialization_keras_history)
            return x

        args = tree.map_structure(read, deserialize_keras_object(call["args"]))
        kwargs = tree.map_structure(read, deserialize_keras_object(call["kwargs"]))
        return args, kwargs

    def structure(self, places: Any) -> Any:
        """The tensors at a structure of ``[name, node, tensor]`` places."""
        if isinstance(places, dict):
            return {key: self.structure(place) for key, place in places.items()}
        if len(places) == 3 and isinstance(places[0], str):
            name, number, index = places
            return self.tensor(name, number - _first_number(self.operations[name]), index)
        return [self.structure(place) for place in places]


def functional_from_config(cls: type, config: dict[str, Any], custom_objects: Any = None) -> Any:
    """A model of class ``cls`` from what :func:`functional_config` returned.

    Raises ``ValueError`` when the graph has loops or refers to layers it lacks.
    """
    revival = _Revival(config["layers"], custom_objects)
    revival.run()
    further = {
        k: v for k, v in config.items() if k not in ("layers", "input_layers", "output_layers")
    }
    return cls(
        inputs=revival.structure(config["input_layers"]),
        outputs=revival.structure(config["output_layers"]),
        **further,
    )
