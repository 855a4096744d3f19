"""The names under which users' classes and functions are saved."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")

_objects: dict[str, Any] = {}
_names: dict[Any, str] = {}


class _Scoped(threading.local):
    def __init__(self) -> None:
        self.objects: dict[str, Any] = {}


_scoped = _Scoped()


class CustomObjectScope:
    """Within it, the given classes and functions are found under the given names."""

    def __init__(self, custom_objects: Mapping[str, Any] | None) -> None:
        self.custom_objects = dict(custom_objects or {})

    def __enter__(self) -> CustomObjectScope:
        self._outer = _scoped.objects
        _scoped.objects = {**self._outer, **self.custom_objects}
        return self

    def __exit__(self, *error: object) -> None:
        _scoped.objects = self._outer


custom_object_scope = CustomObjectScope


def get_custom_objects() -> dict[str, Any]:
    """The dict of registered objects itself: changing it changes what is registered."""
    return _objects


def register_keras_serializable(
    package: str = "Custom", name: str | None = None
) -> Callable[[T], T]:
    """A decorator that lets a class (with ``get_config``) or function be saved and loaded.

    Args:
        package: first part of the name in files, ``package>name``.
        name: defaults to the name of the class or function.
    """

    def register(item: T) -> T:
        if inspect.isclass(item) and not hasattr(item, "get_config"):
            raise ValueError(
                f"Cannot register the class {item.__name__}: it does not have a get_config() method."
            )
        registered = f"{package}>{name or item.__name__}"  # type: ignore[attr-defined]
        _objects[registered] = item
        _names[item] = registered
        return item

    return register


def get_registered_name(obj: Any) -> str:
    """The name the class or function ``obj`` is registered under, else its own name."""
    return _names.get(obj, obj.__name__)


def get_registered_object(
    name: str | None,
    custom_objects: Mapping[str, Any] | None = None,
    module_objects: Mapping[str, Any] | None = None,
) -> Any:
    """The class or function of that name, or ``None``.

    Looked up in the open scopes, then among registered objects, then in the arguments.
    """
    for known in (_scoped.objects, _objects, custom_objects, module_objects):
        if known and name is not None and name in known:
            return known[name]
    return None


def scoped_objects() -> dict[str, Any]:
    """The objects of the open :class:`CustomObjectScope` blocks."""
    return _scoped.objects
