"""What a library offers to its users: names, signatures and methods, and how two libraries differ in them."""

from __future__ import annotations

import importlib
import inspect
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Comparison:
    """How one namespace of ours stands to stock Keras's.

    Attributes:
        namespace: as it is written after ``keras.``; empty for ``keras`` itself.
        names: the public names of stock Keras.
        missing: those that we have not.
        signatures: what can be called and is in both: functions, classes and their public methods.
        differing: ``{qualified name: (stock's signature, ours)}``.
    """

    namespace: str
    names: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    differing: dict[str, tuple[str, str]] = field(default_factory=dict)


def compare(stock: Any, ours: Any, namespace: str) -> Comparison:
    """Compare one namespace of two libraries."""
    there, here = module_of(stock, namespace), module_of(ours, namespace)
    result = Comparison(namespace)
    for name in public_names(there):
        result.names.append(qualified(namespace, name))
        theirs, mine = getattr(there, name), getattr(here, name, None)
        if mine is None:
            result.missing.append(qualified(namespace, name))
        elif not isinstance(theirs, types.ModuleType) and callable(theirs):
            if isinstance(mine, types.ModuleType):
                result.missing.append(qualified(namespace, name))
                continue
            compare_callables(result, qualified(namespace, name), theirs, mine)
    return result


def compare_callables(result: Comparison, name: str, theirs: Any, mine: Any) -> None:
    """A function's signature, or that of a class and of each of its own public methods."""
    compare_signatures(result, name, theirs, mine)
    if not inspect.isclass(theirs):
        return
    for method in own_methods(theirs):
        if hasattr(mine, method):
            compare_signatures(
                result, f"{name}.{method}", getattr(theirs, method), getattr(mine, method)
            )
        else:
            result.names.append(f"{name}.{method}")
            result.missing.append(f"{name}.{method}")


def compare_signatures(
    result: Comparison, name: str, theirs: Callable[..., Any], mine: Callable[..., Any]
) -> None:
    expected = signature(theirs)
    if expected is None:
        return
    result.signatures.append(name)
    found = signature(mine)
    if found != expected:
        result.differing[name] = (expected, str(found))


def module_of(library: Any, namespace: str) -> Any:
    """The module of that namespace, or None."""
    if not namespace:
        return library
    try:
        return importlib.import_module(f"{library.__name__}.{namespace}")
    except ModuleNotFoundError:
        return None


def public_names(module: Any) -> list[str]:
    return [name for name in dir(module) if not name.startswith("_") and name != "src"]


def qualified(namespace: str, name: str) -> str:
    return f"{namespace}.{name}" if namespace else name


def own_methods(cls: type) -> Iterator[str]:
    """Public methods that a public class has not simply from another public class of stock Keras.

    Stock Keras's classes lie under ``keras.src``; what comes from other packages is not Keras's surface.
    """
    for name in dir(cls):
        if name.startswith("_"):
            continue
        value = inspect.getattr_static(cls, name)
        value = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        if not inspect.isfunction(value) or not value.__module__.startswith("keras."):
            continue
        inherited = any(hasattr(base, name) for base in public_bases(cls))
        if not inherited or name in vars(cls):
            yield name


def public_bases(cls: type) -> list[type]:
    """The classes among the bases that stock Keras itself marks as public."""
    return [base for base in cls.__mro__[1:] if "_api_export_path" in vars(base)]


def signature(value: Callable[..., Any]) -> str | None:
    """A signature as text, without annotations, or None where Python knows none."""
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return None
    return str(
        inspect.Signature(
            [
                inspect.Parameter(p.name, p.kind, default=Default(p.default))
                if p.default is not p.empty
                else inspect.Parameter(p.name, p.kind)
                for p in parameters
            ]
        )
    )


class Default:
    """A default value that prints the same in both libraries: an object of a library by its name only."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        if isinstance(self.value, type) or inspect.isfunction(self.value):
            return self.value.__name__
        if type(self.value).__module__ == "builtins":
            return repr(self.value)
        return type(self.value).__name__
