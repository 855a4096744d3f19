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
from bigdl_keras.core.trace_scope import ValuedScope, trace_scope_of

TEXT = np.dtype(object)


@dataclass(frozen=True)
class HostCall:
    """One computation noted while a step was traced: `target` is what `function` makes of `source`."""

    function: Callable[[np.ndarray], np.ndarray]
    source: Tensor
    target: Tensor


@dataclass(frozen=True)
class HostStage:
    """All computations before a step. It knows no graph, so that it can travel to other processes.

    Attributes:
        calls: functions, each with the number of its operand: arrays of the batch are numbered first, results
            follow in order.
        fed: the numbers of what the graph takes; None: the arrays as they are.
    """

    calls: tuple[tuple[Callable[[np.ndarray], np.ndarray], int], ...] = ()
    fed: tuple[int, ...] | None = None

    @staticmethod
    def of(inputs: Sequence[Tensor], calls: Sequence[HostCall]) -> tuple[HostStage, list[Tensor]]:
        """The stage of a traced graph with these batch inputs, and what the graph takes instead of them."""
        if not any(map(is_text, inputs)):
            return HostStage(), list(inputs)
        values = [*inputs, *(call.target for call in calls)]
        numbers = {tensor: number for number, tensor in enumerate(values)}
        fed = [tensor for tensor in values if not is_text(tensor)]
        stage = HostStage(
            tuple((call.function, numbers[call.source]) for call in calls),
            tuple(numbers[tensor] for tensor in fed),
        )
        return stage, fed

    def run(self, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The arrays for the graph, from those of a batch."""
        values = list(arrays)
        if self.fed is None:
            return values
        for function, operand in self.calls:
            values.append(function(values[operand]))
        return [values[number] for number in self.fed]


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
    scope = trace_scope_of(source.graph)
    if scope is None:
        raise ValueError(f"'{name}' takes text, so it cannot be called inside a loop of a model.")
    if isinstance(scope, ValuedScope):
        return scope.graph.constant(function(np.asarray(source)))
    number = len(scope.host_calls)
    sizes = [
        Dim.var(f"text_{number}_axis_{axis}") if size is None else size
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
