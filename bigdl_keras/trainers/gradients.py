"""Gradients of a loss while a step is traced."""

from collections.abc import Sequence
from typing import Any

from bigdl_backend.graph.gradient import grad
from bigdl_backend.graph.replica import sum_across
from bigdl_backend.graph.tensor import Tensor
from bigdl_keras.core.variable import Variable


def gradients(loss: Any, variables: Sequence[Variable]) -> list[Any]:
    """The derivatives of a scalar with respect to variables, summed over all workers.

    Only within a traced step (`train_step`).

    Raises:
        TypeError: the loss is not a tensor of the trace, so it depends on nothing.
    """
    if not isinstance(loss, Tensor):
        raise TypeError(
            f"The loss is the constant {loss!r}: it depends on no variable. Compute it from the "
            "outputs of the model with `ops`."
        )
    return [sum_across(g) for g in grad(loss, [variable.value for variable in variables])]
