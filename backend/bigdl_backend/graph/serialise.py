"""Graphs as JSON values plus a list of arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from bigdl_backend.graph.dims import Dim, DimLike
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.tensor import Tensor


def graph_to_json(graph: Graph, arrays: list[np.ndarray]) -> dict[str, Any]:
    """The graph as a JSON value; its constants are appended to `arrays` and referred to by position.

    Raises:
        TypeError: an attribute has a type that no file can hold.
    """
    numbers: dict[Tensor, int] = {}
    for tensor in [*graph.inputs, *graph.constants]:
        numbers[tensor] = len(numbers)
    constants = []
    for value in graph.constants.values():
        constants.append(len(arrays))
        arrays.append(value)
    nodes = []
    for node in graph.nodes:
        inputs = [numbers[tensor] for tensor in node.inputs]
        for out in node.outputs:
            numbers[out] = len(numbers)
        attrs = {key: _encode(value, arrays, node.primitive) for key, value in node.attrs.items()}
        nodes.append([node.primitive, inputs, attrs, [_spec_to_json(out) for out in node.outputs]])
    return {
        "inputs": [[*_spec_to_json(tensor), tensor.name] for tensor in graph.inputs],
        "constants": constants,
        "nodes": nodes,
        "outputs": [numbers[tensor] for tensor in graph.outputs],
    }


def graph_from_json(value: Mapping[str, Any], arrays: list[np.ndarray]) -> Graph:
    """The graph written by `graph_to_json`; malformed values raise ValueError, KeyError or the like."""
    graph = Graph()
    tensors: list[Tensor] = []
    for shape, dtype, name in value["inputs"]:
        tensors.append(graph.input(_spec_from_json(shape, dtype), name))
    for position in value["constants"]:
        tensors.append(graph.constant(arrays[position]))
    for primitive, inputs, attrs, outputs in value["nodes"]:
        decoded = {key: _decode(item, arrays) for key, item in attrs.items()}
        specs = [_spec_from_json(shape, dtype) for shape, dtype in outputs]
        tensors.extend(graph.add(primitive, [tensors[i] for i in inputs], decoded, specs))
    graph.outputs = [tensors[i] for i in value["outputs"]]
    return graph


def _spec_to_json(tensor: Tensor) -> list[Any]:
    shape = [dim.to_json() if isinstance(dim, Dim) else int(dim) for dim in tensor.shape]
    return [shape, tensor.dtype.name]


def _spec_from_json(shape: list[Any], dtype: str) -> TensorSpec:
    dims: list[DimLike] = [
        Dim.from_json(dim) if isinstance(dim, Mapping) else int(dim) for dim in shape
    ]
    return TensorSpec.of(dims, dtype)


def _encode(value: Any, arrays: list[np.ndarray], primitive: str) -> Any:
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"float": repr(float(value))}
    if isinstance(value, tuple | list):
        return [_encode(item, arrays, primitive) for item in value]
    if isinstance(value, Dim):
        return value.to_json()
    if isinstance(value, Graph):
        return {"graph": graph_to_json(value, arrays)}
    raise TypeError(
        f"the attributes of {primitive} hold a {type(value).__name__} ({value!r}), which cannot be "
        "written to a file; attributes are ints, floats, strings, bools, None and tuples of these"
    )


def _decode(value: Any, arrays: list[np.ndarray]) -> Any:
    if isinstance(value, list):
        return tuple(_decode(item, arrays) for item in value)
    if isinstance(value, Mapping):
        if "graph" in value:
            return graph_from_json(value["graph"], arrays)
        return float(value["float"]) if "float" in value else Dim.from_json(value)
    return value
