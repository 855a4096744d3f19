"""Scopes in which variables do not hold their own values.

Outside of any scope reading a variable gives its array and assigning changes that array. Inside a
:class:`StatelessScope` both go to the scope: reads see the scope's values, writes are only noted.
A :class:`TraceScope` does so while a graph is recorded: every variable read becomes an input of the
graph, every value assigned becomes an output for whoever made the scope to collect.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.tensor import Tensor
from bigdl_backend.graph.trace import tracing
from bigdl_backend.graph.valued import ValuedGraph

if TYPE_CHECKING:
    from bigdl_keras.core.variable import Variable


class _Stack(threading.local):
    def __init__(self) -> None:
        self.scopes: list[StatelessScope | None] = []


_stack = _Stack()


class StatelessScope:
    """Within it, variables are read from ``state_mapping`` and assignments leave them unchanged.

    Args:
        state_mapping: ``(variable, value)`` pairs; variables not named keep their own values.
        collect_losses: accepted for Keras scripts. Losses added by layers are always collected.
        initialize_variables: accepted for Keras scripts. Variables made within the scope are
            always initialised at once.

    Attributes:
        writes: the last value assigned to each variable, in order of first assignment.
    """

    def __init__(
        self,
        state_mapping: Iterable[tuple[Variable, Any]] | None = None,
        collect_losses: bool = False,
        initialize_variables: bool = True,
    ) -> None:
        self.collect_losses = collect_losses
        self.initialize_variables = initialize_variables
        self.writes: dict[Variable, Any] = {}
        self._values: dict[Variable, Any] = {}
        self._losses: dict[int, list[Any]] = {}
        for variable, value in state_mapping or ():
            self._values[variable] = variable._checked(value)

    def get_current_value(self, variable: Variable) -> Any:
        """The value ``variable`` has here: assigned, given, or its own."""
        return self._values.get(variable, variable.storage)

    def add_update(self, update: tuple[Variable, Any]) -> None:
        """Note that ``variable`` was assigned ``value``."""
        variable, value = update
        self._values[variable] = self.writes[variable] = value

    def add_loss(self, owner: Any, losses: Iterable[Any]) -> None:
        """Collect scalar losses added by the layer ``owner``."""
        self._losses.setdefault(id(owner), []).extend(losses)

    def losses_of(self, owner: Any) -> list[Any]:
        """What the layer ``owner`` added so far."""
        return list(self._losses.get(id(owner), ()))

    def clear_losses_of(self, owner: Any) -> None:
        """Forget what the layer ``owner`` added."""
        self._losses.pop(id(owner), None)

    @property
    def losses(self) -> list[Any]:
        """All losses added by layers within this scope."""
        return [loss for added in self._losses.values() for loss in added]

    def __enter__(self) -> Any:
        _stack.scopes.append(self)
        return self

    def __exit__(self, *error: object) -> None:
        _stack.scopes.pop()


class TraceScope(StatelessScope):
    """A stateless scope that records into ``graph``.

    Variables absent from ``state_mapping`` become inputs of ``graph`` (named by their paths) when
    they are first read.

    Attributes:
        graph: where operations are recorded.
        reads: the input made for each such variable, in order of first reading.
        host_calls: what is computed from text before the graph runs (see `host_stage`).
    """

    def __init__(
        self, graph: Graph, state_mapping: Iterable[tuple[Variable, Any]] | None = None
    ) -> None:
        self.graph = graph
        self.reads: dict[Variable, Tensor] = {}
        self.host_calls: list[Any] = []
        super().__init__(state_mapping, collect_losses=True)

    def get_current_value(self, variable: Variable) -> Any:
        """The tensor (or array) that stands for ``variable`` here."""
        if variable not in self._values:
            self.reads[variable] = self._values[variable] = self._tensor_of(variable)
        return self._values[variable]

    def _tensor_of(self, variable: Variable) -> Tensor:
        return self.graph.input(
            TensorSpec.of(variable.shape, variable.storage.dtype), variable.path
        )

    def __enter__(self) -> Self:
        self._tracing = tracing(self.graph)
        self._tracing.__enter__()
        super().__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self._tracing.__exit__(None, None, None)


class ValuedScope(TraceScope):
    """A trace scope whose tensors carry their values: `graph` is computed as it is recorded."""

    def __init__(self) -> None:
        super().__init__(ValuedGraph())

    def _tensor_of(self, variable: Variable) -> Tensor:
        return self.graph.constant(variable.storage)

    def store(self) -> None:
        """Give the variables the values that were assigned to them."""
        # Copied first: a value may be the storage of another variable.
        values = [np.array(value) for value in self.writes.values()]
        for variable, value in zip(self.writes, values, strict=True):
            variable.storage[...] = value


def get_stateless_scope() -> StatelessScope | None:
    """The innermost open scope, or ``None`` where variables hold their own values."""
    return _stack.scopes[-1] if _stack.scopes else None


def trace_scope_of(graph: Graph) -> TraceScope | None:
    """The open scope that records into ``graph``, or ``None``."""
    for scope in reversed(_stack.scopes):
        if isinstance(scope, TraceScope) and scope.graph is graph:
            return scope
    return None


def in_stateless_scope() -> bool:
    """Whether a :class:`StatelessScope` is open."""
    return get_stateless_scope() is not None


@contextmanager
def eager_scope() -> Iterator[None]:
    """Within it variables hold their own values, whatever scopes are open around it."""
    _stack.scopes.append(None)
    try:
        yield
    finally:
        _stack.scopes.pop()
