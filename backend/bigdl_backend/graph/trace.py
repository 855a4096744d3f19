"""Recording graphs and running them plainly."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from bigdl_backend.graph.dims import Dim
from bigdl_backend.graph.dims import evaluate as evaluate_dim
from bigdl_backend.graph.eager import run_eagerly
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.registry import find
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.tensor import Tensor


class _Stack(threading.local):
    def __init__(self) -> None:
        self.graphs: list[Graph] = []


_STACK = _Stack()


def current_graph() -> Graph | None:
    """The innermost graph being traced by this thread."""
    return _STACK.graphs[-1] if _STACK.graphs else None


@contextmanager
def tracing(graph: Graph) -> Iterator[Graph]:
    """Make `graph` the innermost one; operations without operands are recorded there."""
    _STACK.graphs.append(graph)
    try:
        yield graph
    finally:
        _STACK.graphs.pop()


def bind(name: str, *operands: Any, **attrs: Any) -> Any:
    """Apply a primitive.

    On arrays it runs at once. When an operand is a `Tensor`, or an attribute holds a symbolic dimension, a node is
    recorded in the innermost graph that an operand belongs to, so work that a loop body does not change stays
    outside the loop.

    Returns:
        One value for a primitive with one output, else a tuple.

    Raises:
        KeyError: no such primitive.
        ValueError, TypeError: operands that do not fit, from the primitive's shape rule.
    """
    graph: Graph | None = None
    for operand in operands:
        if isinstance(operand, Tensor) and (graph is None or operand.graph.depth > graph.depth):
            graph = operand.graph
    if graph is None:
        if not any(_is_symbolic(value) for value in attrs.values()):
            return run_eagerly(find(name), operands, attrs)
        graph = current_graph()
        if graph is None:
            raise ValueError(f"{name} was given a symbolic dimension outside of a trace: {attrs}")
    inputs = [
        graph.capture(operand)
        if isinstance(operand, Tensor)
        else graph.constant(np.asarray(operand))
        for operand in operands
    ]
    specs = find(name).specs([tensor.spec for tensor in inputs], attrs)
    outputs = graph.add(name, inputs, attrs, specs)
    return outputs[0] if len(outputs) == 1 else outputs


def trace(
    function: Callable[..., Any], specs: Sequence[TensorSpec], names: Sequence[str] | None = None
) -> Graph:
    """The graph of ``function(*tensors)``; its outputs are the tensor or the flat sequence that it returns.

    Outputs that are plain arrays become constants.
    """
    graph = Graph(parent=current_graph())
    with tracing(graph):
        inputs = [graph.input(spec, names[i] if names else None) for i, spec in enumerate(specs)]
        results = function(*inputs)
        if not isinstance(results, list | tuple):
            results = [results]
        graph.outputs = [as_tensor(graph, result) for result in results]
    return graph


def as_tensor(graph: Graph, value: Any) -> Tensor:
    """`value` as a tensor of `graph`."""
    return graph.capture(value) if isinstance(value, Tensor) else graph.constant(np.asarray(value))


def evaluate(
    graph: Graph, inputs: Sequence[np.ndarray], sizes: Mapping[str, int] | None = None
) -> list[np.ndarray]:
    """Run a graph node by node on the NumPy truths: slow, simple, and what plans are tested against."""
    if len(inputs) != len(graph.inputs):
        raise ValueError(f"the graph has {len(graph.inputs)} inputs, {len(inputs)} were given")
    env = dict(sizes or {})
    for tensor, array in zip(graph.inputs, inputs, strict=True):
        resolve_dims(tensor.spec, np.shape(array), env)
    values: dict[Tensor, Any] = dict(graph.constants)
    values.update(zip(graph.inputs, (np.asarray(array) for array in inputs), strict=True))
    for node in graph.nodes:
        results = find(node.primitive).truth(
            *(values[t] for t in node.inputs), **concrete_attrs(node.attrs, env)
        )
        if len(node.outputs) == 1:
            results = (results,)
        values.update(zip(node.outputs, (np.asarray(result) for result in results), strict=True))
    return [values[tensor] for tensor in graph.outputs]


def resolve_dims(spec: TensorSpec, shape: Sequence[int], sizes: dict[str, int]) -> None:
    """Learn the sizes of plain symbolic dimensions of `spec` from a real shape, in place.

    Raises:
        ValueError: the shape contradicts the spec or a size learnt before.
    """
    if len(shape) != spec.ndim:
        raise ValueError(f"expected an array of shape {spec.shape}, got {tuple(shape)}")
    for dim, size in zip(spec.shape, shape, strict=True):
        if isinstance(dim, Dim):
            for name in dim.names():
                if Dim.var(name) == dim:
                    sizes.setdefault(name, int(size))
            if dim.names() <= sizes.keys() and dim.evaluate(sizes) != size:
                raise ValueError(
                    f"expected an array of shape {spec.shape} where {sizes}, got {tuple(shape)}"
                )
        elif dim != size:
            raise ValueError(f"expected an array of shape {spec.shape}, got {tuple(shape)}")


def concrete_attrs(attrs: Mapping[str, Any], sizes: Mapping[str, int]) -> dict[str, Any]:
    """Attributes with every symbolic dimension replaced by its value."""
    return {key: _concrete(value, sizes) for key, value in attrs.items()}


def _concrete(value: Any, sizes: Mapping[str, int]) -> Any:
    if isinstance(value, Dim):
        return evaluate_dim(value, sizes)
    if isinstance(value, tuple):
        return tuple(_concrete(item, sizes) for item in value)
    return value


def _is_symbolic(value: Any) -> bool:
    return isinstance(value, Dim) or (
        isinstance(value, tuple) and any(_is_symbolic(item) for item in value)
    )
