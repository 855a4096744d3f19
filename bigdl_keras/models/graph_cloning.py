"""Models of parts of other models."""

from __future__ import annotations

from typing import Any

from bigdl_keras import tree
from bigdl_keras.core.function import map_graph, node_of
from bigdl_keras.core.keras_tensor import KerasTensor
from bigdl_keras.core.node import Node
from bigdl_keras.layers.core.input_layer import Input


def between_new_inputs(inputs: Any, outputs: Any) -> tuple[Any, Any]:
    """Copies of ``inputs`` and ``outputs`` with the calls between them made anew.

    Inputs that are results of layers become inputs of their own; the layers are shared with the
    model they come from, as new calls of the same layers.
    """
    flat_inputs, flat_outputs = tree.flatten(inputs), tree.flatten(outputs)
    copies: dict[int, KerasTensor] = {}
    for x in flat_inputs:
        copies[id(x)] = (
            x
            if node_of(x).is_input
            else Input(batch_shape=x.shape, dtype=x.dtype, name=f"{x.name}CLONE")
        )

    def copied(x: Any) -> Any:
        if not isinstance(x, KerasTensor):
            return x
        if id(x) not in copies:
            copies[id(x)] = KerasTensor(x.shape, x.dtype, name=f"{x.name}_clone")
        return copies[id(x)]

    for node in map_graph(flat_inputs, flat_outputs).nodes:
        if not node.is_input:
            args = tree.map_structure(copied, node.args)
            kwargs = tree.map_structure(copied, node.kwargs)
            Node(node.operation, args, kwargs, [copied(x) for x in node.outputs])
    return (
        tree.pack_sequence_as(inputs, [copies[id(x)] for x in flat_inputs]),
        tree.pack_sequence_as(outputs, [copied(x) for x in flat_outputs]),
    )
