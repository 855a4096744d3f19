"""Updates that happen only in some steps of one and the same graph."""

from collections.abc import Callable, Iterable
from typing import Any

from bigdl_backend.graph.tensor import Tensor
from bigdl_keras import ops
from bigdl_keras.core.trace_scope import StatelessScope
from bigdl_keras.core.variable import Variable


def assign_if(condition: Any, variables: Iterable[Variable], update: Callable[[], None]) -> None:
    """Run `update` where `condition` holds.

    In a trace the condition is not known: the update is recorded, and every variable that it
    assigns takes the new value or keeps the old one.

    Args:
        condition: bool scalar.
        variables: all variables that `update` may read or assign.
        update: assigns variables.
    """
    if not isinstance(condition, Tensor):
        if bool(condition):
            update()
        return
    scope = StatelessScope([(variable, variable.value) for variable in variables])
    with scope:
        update()
    for variable, value in scope.writes.items():
        variable.assign(ops.where(condition, value, variable.value))
