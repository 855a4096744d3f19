"""Reverse-mode differentiation of a graph, by a graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np

from bigdl_backend.graph.ir import Node
from bigdl_backend.graph.registry import find
from bigdl_backend.graph.tensor import Tensor
from bigdl_backend.graph.trace import bind


def grad(loss: Tensor, wrt: Sequence[Tensor]) -> list[Tensor]:
    """The derivatives of a scalar with respect to tensors of the same graph.

    The nodes are appended to that graph, so they can be differentiated again.

    Args:
        loss: a floating-point tensor of shape ().
        wrt: tensors that the loss may depend on.

    Returns:
        One tensor for each of `wrt`, of its shape and dtype; zeros where the loss does not depend on it.
    """
    if loss.shape != ():
        raise ValueError(
            f"only a scalar can be differentiated, got a tensor of shape {loss.shape}: reduce it first"
        )
    return vjp([loss], [bind("broadcast_to", np.ones((), loss.dtype), shape=())], wrt)


def vjp(
    outputs: Sequence[Tensor], cotangents: Sequence[Any], wrt: Sequence[Tensor]
) -> list[Tensor]:
    """The cotangents of `wrt` given those of `outputs` (all in one graph)."""
    graph = outputs[0].graph
    nodes = list(graph.nodes)
    active = _depends_on(nodes, wrt)
    found: dict[Tensor, Any] = {}
    for output, cotangent in zip(outputs, cotangents, strict=True):
        _accumulate(found, output, cotangent)
    for node in reversed(nodes):
        custom = graph.custom_gradients.get(node)
        made = node.outputs if custom is None else custom.outputs
        if not any(out in found and out in active for out in made):
            continue
        tensors = node.inputs if custom is None else custom.arguments
        pulled = _pull_back(node, found) if custom is None else custom.pull_back(found)
        for tensor, cotangent in zip(tensors, pulled, strict=True):
            if cotangent is not None and tensor in active and is_differentiable(tensor.dtype):
                _accumulate(found, tensor, cotangent)
    return _or_zeros(wrt, found)


def _or_zeros(tensors: Sequence[Tensor], found: dict[Tensor, Any]) -> list[Any]:
    return [
        found[t] if t in found else bind("broadcast_to", np.zeros((), t.dtype), shape=t.shape)
        for t in tensors
    ]


@dataclass(frozen=True)
class CustomGradient:
    """A gradient written for several tensors at once.

    Attributes:
        outputs: the tensors, made one after another.
        arguments: what they were computed from.
        rule: ``rule(*cotangents)`` -> one cotangent (or None) an argument.
    """

    outputs: tuple[Tensor, ...]
    arguments: tuple[Tensor, ...]
    rule: Callable[..., Sequence[Any]]

    def pull_back(self, found: dict[Tensor, Any]) -> Sequence[Any]:
        """The cotangents of the arguments, from those of the outputs that have one (the others get zeros)."""
        return self.rule(*_or_zeros(self.outputs, found))


def with_gradient(
    outputs: Sequence[Tensor], arguments: Sequence[Tensor], rule: Callable[..., Sequence[Any]]
) -> list[Tensor]:
    """The same values as `outputs`, whose gradient is what `rule` says; all tensors are of one graph."""
    made = [bind("stop_gradient", output) for output in outputs]
    custom = CustomGradient(tuple(made), tuple(arguments), rule)
    # Going backwards the first of them comes last: then the cotangents of all are complete.
    made[0].graph.custom_gradients[made[0].node] = custom
    return made


def is_differentiable(dtype: np.dtype) -> bool:
    """Whether gradients flow through tensors of this dtype."""
    return np.issubdtype(dtype, np.floating) or dtype == ml_dtypes.bfloat16


def _depends_on(nodes: Sequence[Node], wrt: Sequence[Tensor]) -> set[Tensor]:
    active = set(wrt)
    for node in nodes:
        if any(tensor in active for tensor in node.inputs):
            active.update(node.outputs)
    return active


def _pull_back(node: Node, found: dict[Tensor, Any]) -> Sequence[Any]:
    row = find(node.primitive)
    if row.gradient is None:
        return (None,) * len(node.inputs)
    if len(node.outputs) == 1:
        return row.gradient(found[node.outputs[0]], node.outputs[0], *node.inputs, **node.attrs)
    cotangents = tuple(found.get(out) for out in node.outputs)
    return row.gradient(cotangents, node.outputs, *node.inputs, **node.attrs)


def _accumulate(found: dict[Tensor, Any], tensor: Tensor, cotangent: Any) -> None:
    if cotangent.dtype != tensor.dtype or tuple(cotangent.shape) != tensor.shape:
        origin = tensor.node.primitive if tensor.node is not None else tensor.name
        raise AssertionError(
            f"a gradient rule gave {cotangent.dtype}{tuple(cotangent.shape)} for {tensor.spec} (from {origin})"
        )
    found[tensor] = bind("add", found[tensor], cotangent) if tensor in found else cotangent
