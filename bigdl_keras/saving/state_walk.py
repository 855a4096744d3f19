"""The objects with state in a model, each under the path that Keras gives it in weight files.

A path is made of attribute names; items of lists and dicts are numbered by class. Objects reachable
in several ways are saved under the first path, in the alphabetical order of attributes (private ones
last).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from bigdl_keras.core.naming import to_snake_case
from bigdl_keras.core.saveable import KerasSaveable

# Attributes of functional and sequential models that repeat `layers`.
_REPEATED = frozenset({"operations", "_members", "_functional", "_layers"})


@cache
def _base_attributes(kind: str) -> frozenset[str]:
    """The attributes that every object of the kind has, none of which holds state of its own."""
    if kind in ("Layer", "Functional", "Sequential"):
        from bigdl_keras.layers.layer import Layer

        return frozenset(dir(Layer(name="reference")))
    return frozenset(dir(KerasSaveable))


def _attributes(item: KerasSaveable) -> Iterator[tuple[str, Any]]:
    kind = item._obj_type()
    skipped = _base_attributes(kind)
    if kind in ("Functional", "Sequential"):
        yield "layers", item.layers  # type: ignore[attr-defined]
    names = sorted(dir(item), key=lambda name: f"~{name}" if name.startswith("_") else name)
    for name in names:
        if name.startswith("__") or name in skipped or name in _REPEATED:
            continue
        try:
            value = getattr(item, name)
        except (AttributeError, NotImplementedError, RuntimeError, TypeError, ValueError):
            # A property that has nothing to show yet has no state either.
            continue
        yield name, value


def _joined(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


def children(item: KerasSaveable, path: str) -> Iterator[tuple[str, KerasSaveable]]:
    """``(path, object)`` for the objects directly in ``item``, which lies at ``path``."""
    for name, value in _attributes(item):
        if isinstance(value, KerasSaveable):
            yield _joined(path, name), value
        elif isinstance(value, (list, tuple, dict)):
            yield from _contained(value, _joined(path, name), set())


def _contained(
    container: Any, path: str, open_containers: set[int]
) -> Iterator[tuple[str, KerasSaveable]]:
    if id(container) in open_containers:
        return
    open_containers.add(id(container))
    used: dict[str, int] = {}
    for item in container.values() if isinstance(container, dict) else container:
        if isinstance(item, KerasSaveable):
            name = _numbered(to_snake_case(type(item).__name__), used)
            yield _joined(path, name), item
        elif isinstance(item, (list, tuple, dict)):
            inner = _joined(path, _numbered("container", used))
            yield from _contained(item, inner, open_containers)


def _numbered(name: str, used: dict[str, int]) -> str:
    count = used.get(name, 0)
    used[name] = count + 1
    return f"{name}_{count}" if count else name
