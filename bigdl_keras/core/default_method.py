"""Telling methods that a base class merely provides from those that a subclass wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def default(method: F) -> F:
    """Mark a method as one that subclasses may or may not write."""
    method._is_default = True  # type: ignore[attr-defined]
    return method


def is_default(method: Callable[..., Any]) -> bool:
    """Whether ``method`` is still the marked one of the base class."""
    return getattr(method, "_is_default", False)
