"""Nested names, which become the paths of variables and layers."""

from __future__ import annotations

import threading
from typing import Any


class _Stack(threading.local):
    def __init__(self) -> None:
        self.scopes: list[name_scope] = []


_stack = _Stack()


class name_scope:
    """Within it, variables get paths that begin with the names of the open scopes.

    A scope opened twice in a row by the same ``caller`` counts once, so that ``build`` called
    inside ``__call__`` does not repeat the name of the layer.
    """

    def __init__(self, name: str, caller: Any = None) -> None:
        if not isinstance(name, str) or "/" in name:
            raise ValueError(
                "Argument `name` must be a string and cannot contain character `/`. "
                f"Received: name={name}"
            )
        self.name = name
        self.caller = caller
        self._entered = False

    def __enter__(self) -> name_scope:
        top = _stack.scopes[-1] if _stack.scopes else None
        self._entered = top is None or self.caller is None or top.caller is not self.caller
        if self._entered:
            _stack.scopes.append(self)
        return self

    def __exit__(self, *error: object) -> None:
        if self._entered:
            _stack.scopes.pop()


def current_path() -> str:
    """The names of the open scopes joined by ``/``."""
    return "/".join(scope.name for scope in _stack.scopes)
