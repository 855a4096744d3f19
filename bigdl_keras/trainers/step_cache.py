"""Ready-to-run steps of a model, by the kind of batch they take."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from bigdl_backend.graph.session import Session
from bigdl_backend.graph.spec import TensorSpec
from bigdl_keras import tree
from bigdl_keras.core.host_stage import HostStage
from bigdl_keras.trainers.step import batch_spec, trace_program
from bigdl_keras.tree.packing import packer

if TYPE_CHECKING:
    from bigdl_backend.graph.profile import Profile


class Steps(Protocol):
    """The steps of a model on batches of arrays."""

    def run(self, mode: str, batch: tuple[Any, Any, Any]) -> Any:
        """One step: the logs by name (modes "train", "test"), or predictions ("predict")."""


_Step = tuple[Session, HostStage, Callable[[list[Any]], Any]]


class StepCache:
    """Steps traced so far.

    A step is traced once for every structure of batches, row shape and dtype; it serves every
    number of rows. Code that needs to know the number of rows is traced once for each of them.
    All steps work on the variables' own arrays.

    Args:
        model: the model to trace.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._steps: dict[Any, _Step] = {}

    def run(self, mode: str, batch: tuple[Any, Any, Any]) -> Any:
        """One step.

        Args:
            mode: "train", "test" or "predict".
            batch: `(x, y, sample_weight)` of arrays, `None` where absent.

        Returns:
            The logs by name (train, test), or the predictions: arrays.
        """
        (session, host, pack), leaves = self._found(mode, batch)
        return pack(session.run(mode, host.run(leaves)))

    def profile(self, mode: str, batch: tuple[Any, Any, Any], repeat: int) -> Profile:
        """What a step does on a batch; the variables keep their values. See `Session.profile`."""
        (session, host, _), leaves = self._found(mode, batch)
        return session.profile(mode, host.run(leaves), repeat)

    def _found(self, mode: str, batch: tuple[Any, Any, Any]) -> tuple[_Step, list[np.ndarray]]:
        """The traced step for a batch, and the arrays of the batch."""
        nested = any(isinstance(part, (dict, list, tuple)) for part in batch)
        leaves = tree.flatten(batch) if nested else batch
        kinds = [None if leaf is None else (leaf.shape[1:], leaf.dtype) for leaf in leaves]
        key = (mode, _frame(batch) if nested else None, *kinds)
        found = self._steps.get(key)
        if found is None:
            rows = tuple(len(leaf) for leaf in leaves if leaf is not None)
            found = self._steps.get((key, rows)) or self._trace(mode, batch, key, rows)
        return found, [leaf for leaf in leaves if leaf is not None]

    def _trace(self, mode: str, batch: Any, key: Any, rows: tuple[int, ...]) -> _Step:
        try:
            made = self._steps[key] = self._traced(mode, tree.map_structure(_any_rows, batch))
        except Exception:  # an error that has other reasons comes again, and tells of real shapes
            made = None
        if made is None:
            made = self._steps[key, rows] = self._traced(
                mode, tree.map_structure(_these_rows, batch)
            )
        return made

    def _traced(self, mode: str, specs: Any) -> _Step:
        traced = trace_program(self._model, [mode], specs)
        step = traced.steps[mode]
        return Session(traced.program), step.host, packer(step.structure)


def _any_rows(array: np.ndarray | None) -> Any:
    return None if array is None else batch_spec(array.shape[1:], array.dtype)


def _these_rows(array: np.ndarray | None) -> Any:
    return None if array is None else TensorSpec.of(array.shape, array.dtype)


def _frame(structure: Any) -> Any:
    """The containers of a structure as a hashable value."""
    if isinstance(structure, dict):
        return tuple(sorted((key, _frame(value)) for key, value in structure.items()))
    if isinstance(structure, (list, tuple)):
        return (type(structure), *map(_frame, structure))
    return None
