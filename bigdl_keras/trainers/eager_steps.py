"""Steps that run operation by operation, with every value at hand."""

from typing import Any

import numpy as np

from bigdl_keras import tree
from bigdl_keras.core.trace_scope import ValuedScope
from bigdl_keras.trainers.call_step import call_step
from bigdl_keras.trainers.log_order import ordered_logs


class EagerSteps:
    """Runs the steps of a model as Python runs them, anew for every batch.

    Layers, losses and metrics get tensors that carry their values: `if`, `float`, `print` and
    NumPy work on them. Gradients come from the record of the operations that were run, so the
    numbers are those of the traced steps, up to rounding. It is slow, and meant for debugging.

    Args:
        model: the model.
    """

    def __init__(self, model: Any) -> None:
        self._model = model

    def run(self, mode: str, batch: tuple[Any, Any, Any]) -> Any:
        """One step; see `StepCache.run`."""
        with ValuedScope() as scope:
            results = call_step(self._model, mode, tensors_of(scope, batch))
        scope.store()
        # Copies: a result may be the storage of a variable, which the next step changes.
        results = tree.map_structure(np.array, results)
        return results if mode == "predict" else ordered_logs(results)


def tensors_of(scope: ValuedScope, batch: Any) -> Any:
    """The arrays of a batch as tensors of the scope's graph, `None` where absent."""
    return tree.map_structure(
        lambda array: None if array is None else scope.graph.constant(array), batch
    )
