"""Ready-to-run steps of a model, by the kind of batch they take."""

from typing import Any

import numpy as np
from bigdl_backend.graph.session import Session

from bigdl_keras import tree
from bigdl_keras.trainers.step import TracedStep, batch_spec, trace_program


class StepCache:
    """Steps traced so far.

    A step is traced once for every structure of batches, row shape and dtype; it serves every
    number of rows. All of them work on the variables' own arrays.

    Args:
        model: the model to trace.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._steps: dict[Any, tuple[Session, TracedStep]] = {}

    def run(self, mode: str, batch: Any) -> Any:
        """One step.

        Args:
            mode: "train", "test" or "predict".
            batch: `(x, y, sample_weight)` of arrays, `None` where absent.

        Returns:
            The logs by name (train, test), or the predictions: arrays.
        """
        leaves = tree.flatten(batch)
        arrays = [leaf for leaf in leaves if leaf is not None]
        key = (
            mode,
            tuple(None if leaf is None else (leaf.shape[1:], leaf.dtype) for leaf in leaves),
            _frame(batch),
        )
        found = self._steps.get(key)
        if found is None:
            found = self._steps[key] = self._trace(mode, batch)
        session, step = found
        outputs = session.run(mode, arrays)
        return tree.map_structure(outputs.__getitem__, step.structure)

    def _trace(self, mode: str, batch: Any) -> tuple[Session, TracedStep]:
        specs = tree.map_structure(_spec, batch)
        traced = trace_program(self._model, [mode], specs)
        return Session(traced.program), traced.steps[mode]


def _spec(array: np.ndarray | None) -> Any:
    return None if array is None else batch_spec(array.shape[1:], array.dtype)


def _frame(structure: Any) -> Any:
    """The containers of a structure as a hashable value."""
    if isinstance(structure, dict):
        return tuple(sorted((key, _frame(value)) for key, value in structure.items()))
    if isinstance(structure, (list, tuple)):
        return (type(structure), *map(_frame, structure))
    return None
