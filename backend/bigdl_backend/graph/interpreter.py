"""Running a step on the NumPy truths alone: what ``BIGDL_KERAS_NATIVE=0`` selects."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.registry import find
from bigdl_backend.graph.tensor import Tensor


class Interpreter:
    """A concrete graph run node by node.

    Args:
        graph: without symbolic dimensions; its inputs are the state, then the rest.
        state: the arrays of the state inputs.
        new_state: the arrays that take the last outputs.
        collective: sums over workers; None for one worker.
    """

    def __init__(
        self,
        graph: Graph,
        state: Sequence[np.ndarray],
        new_state: Sequence[np.ndarray],
        collective: Any = None,
    ) -> None:
        self._graph = graph
        self._state = list(state)
        self._new_state = list(new_state)
        self._collective = collective
        self._measures = False
        self._seconds = {"compute": 0.0, "wait": 0.0}

    def profile(self, on: bool) -> None:
        """Whether runs measure what they do."""
        self._measures = on

    def phases(self) -> dict[str, float]:
        """Seconds by phase while `profile` was on; what follows from sums is not told apart here."""
        return dict(self._seconds)

    def run(self, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The user outputs for the batch and special inputs `arrays`; the state is updated in place."""
        graph = self._graph
        values: dict[Tensor, np.ndarray] = dict(graph.constants)
        values.update(zip(graph.inputs, [*self._state, *arrays], strict=True))
        for node in graph.nodes:
            inputs = [values[tensor] for tensor in node.inputs]
            begin = time.perf_counter()
            results: Sequence[Any]
            if node.primitive == "psum":
                results = self._sum_across(inputs)
            else:
                result = find(node.primitive).truth(*inputs, **node.attrs)
                results = [result] if len(node.outputs) == 1 else result
            if self._measures:
                phase = "wait" if node.primitive == "psum" else "compute"
                self._seconds[phase] += time.perf_counter() - begin
            for out, value in zip(node.outputs, results, strict=True):
                values[out] = np.asarray(value, out.dtype)
        users = len(graph.outputs) - len(self._new_state)
        # Copies first: an output may be a view of state that is about to change.
        outputs = [values[tensor].copy() for tensor in graph.outputs[:users]]
        news = [values[tensor].copy() for tensor in graph.outputs[users:]]
        for array, new in zip(self._new_state, news, strict=True):
            array[...] = new
        return outputs

    def _sum_across(self, inputs: list[np.ndarray]) -> list[np.ndarray]:
        if self._collective is None:
            return inputs
        sums = [np.array(array) for array in inputs]
        self._collective.all_reduce(*sums)
        return sums
