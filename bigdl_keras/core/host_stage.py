"""What a traced step computes beforehand, in Python: everything from text to numbers.

Compiled graphs hold numbers only. While a step is traced, a tensor of dtype object stands for text; a layer
called on one is noted here and gives a new input of the graph, which the layer computes from each batch
before the graph runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bigdl_backend.graph.dims import Dim
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.tensor import Tensor
from bigdl_keras.core.trace_scope import TraceScope, ValuedScope, get_stateless_scope

TEXT = np.dtype(object)


@dataclass(frozen=True)
class HostCall:
    """One computation: `target` is what `function` makes of `source`."""

    function: Callable[[np.ndarray], np.ndarray]
    source: Tensor
    target: Tensor


@dataclass(frozen=True)
class HostStage:
    """All computations before a step.

    Attributes:
        inputs: what stands for the arrays of a batch, in order.
        calls: what is computed, each after what it needs.
        fed: what the graph takes instead of `inputs`.
    """

    inputs: tuple[Tensor, ...]
    calls: tuple[HostCall, ...]
    fed: tuple[Tensor, ...]

    @staticmethod
    def of(inputs: Sequence[Tensor], calls: Sequence[HostCall]) -> HostStage:
        """The stage of a traced graph with these batch inputs."""
        candidates = [*inputs, *(call.target for call in calls)]
        return HostStage(
            tuple(inputs), tuple(calls), tuple(t for t in candidates if not is_text(t))
        )

    def run(self, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The arrays for the graph, from those of a batch."""
        if not self.calls:
            return list(arrays)
        values = dict(zip(self.inputs, arrays, strict=True))
        for call in self.calls:
            values[call.target] = call.function(values[call.source])
        return [values[tensor] for tensor in self.fed]


def is_text(x: Any) -> bool:
    """Whether `x` stands for text while a step is traced."""
    return isinstance(x, Tensor) and x.dtype == TEXT


def on_host(
    function: Callable[[np.ndarray], np.ndarray],
    source: Tensor,
    shape: Sequence[Any],
    dtype: Any,
    name: str,
) -> Tensor:
    """The result of `function` for text that a traced step takes.

    Args:
        function: from an array of text to an array.
        source: what stands for the text.
        shape: of the result, None for sizes that only the data tell.
        dtype: of the result; object for text.
        name: for messages.

    Raises:
        ValueError: inside a loop of the graph, which runs without Python.
    """
    scope: Any = get_stateless_scope()
    if not isinstance(scope, TraceScope) or source.graph is not scope.graph:
        raise ValueError(f"'{name}' takes text, so it cannot be called inside a loop of a model.")
    if isinstance(scope, ValuedScope):
        return scope.graph.constant(function(np.asarray(source)))
    number = len(scope.host_calls)
    sizes = [
        Dim.var(f"{name}_{number}_{axis}") if size is None else size
        for axis, size in enumerate(shape)
    ]
    target = scope.graph.input(TensorSpec.of(sizes, dtype), f"{name}_{number}")
    scope.host_calls.append(HostCall(function, source, target))
    return target


def check_no_text_inside(graph: Graph) -> None:
    """Raise `ValueError` when a graph computes with text."""
    for node in graph.nodes:
        for tensor in node.inputs:
            if is_text(tensor):
                raise ValueError(
                    f"The input {tensor.name!r} holds text, and {node.primitive!r} computes with "
                    "numbers. Text goes through StringLookup, TextVectorization, Hashing or "
                    "HashedCrossing first."
                )
