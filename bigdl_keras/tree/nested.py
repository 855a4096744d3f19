"""Walking nested structures.

Lists, tuples, named tuples and dicts (with their subclasses) are nodes, everything else, ``None``
included, is a leaf. Dicts are walked in the sorted order of their keys (``OrderedDict`` in its own
order), so that two dicts with equal keys always match.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any


class MAP_TO_NONE:
    """What a function given to :func:`traverse` returns to put ``None`` in the place of a node."""


_MISMATCH = "Structures don't have the same nested structure."


def is_nested(structure: Any) -> bool:
    """Whether ``structure`` is a list, tuple or dict (and not a leaf)."""
    return isinstance(structure, (list, tuple, dict))


def _keys(mapping: dict[Any, Any]) -> list[Any]:
    if isinstance(mapping, OrderedDict):
        return list(mapping)
    try:
        return sorted(mapping)
    except TypeError:
        # Keys of unlike types: any order that does not depend on insertion will do.
        return sorted(mapping, key=lambda key: (type(key).__qualname__, repr(key)))


def _children(node: Any) -> list[tuple[Any, Any]]:
    """``(key, child)`` of each child, in walking order."""
    if isinstance(node, dict):
        return [(key, node[key]) for key in _keys(node)]
    return list(enumerate(node))


def _rebuild(node: Any, children: Sequence[Any]) -> Any:
    """A node like ``node`` with other children (given in walking order)."""
    if isinstance(node, dict):
        by_key = dict(zip(_keys(node), children, strict=True))
        # Kept in the insertion order of the original.
        items = {key: by_key[key] for key in node}
        if isinstance(node, defaultdict):
            return defaultdict(node.default_factory, items)
        return OrderedDict(items) if isinstance(node, OrderedDict) else items
    if isinstance(node, tuple):
        return type(node)(*children) if hasattr(node, "_fields") else tuple(children)
    return list(children)


def _iterate(structure: Any) -> Iterator[Any]:
    if is_nested(structure):
        for _, child in _children(structure):
            yield from _iterate(child)
    else:
        yield structure


def flatten(structure: Any) -> list[Any]:
    """The leaves, in walking order."""
    return list(_iterate(structure))


def flatten_with_path(structure: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """``(path, leaf)`` pairs; a path is the tuple of keys and indices that lead to the leaf."""
    if not is_nested(structure):
        return [((), structure)]
    return [
        ((key, *path), leaf)
        for key, child in _children(structure)
        for path, leaf in flatten_with_path(child)
    ]


def pack_sequence_as(structure: Any, flat_sequence: Iterable[Any]) -> Any:
    """A structure like ``structure`` with the leaves taken from ``flat_sequence``."""
    leaves = list(flat_sequence)
    expected = len(flatten(structure))
    if len(leaves) != expected:
        raise ValueError(
            f"The structure has {expected} leaves, but the flat sequence has {len(leaves)}: "
            f"structure={structure}"
        )
    rest = iter(leaves)

    def fill(node: Any) -> Any:
        if not is_nested(node):
            return next(rest)
        return _rebuild(node, [fill(child) for _, child in _children(node)])

    return fill(structure)


def _like(first: Any, other: Any) -> bool:
    """Whether two nodes may be walked together."""
    if isinstance(first, dict):
        return isinstance(other, dict) and set(first) == set(other)
    same_kind = isinstance(other, tuple) if isinstance(first, tuple) else isinstance(other, list)
    return same_kind and len(first) == len(other)


def map_structure(func: Callable[..., Any], *structures: Any, none_is_leaf: bool = True) -> Any:
    """Call ``func`` on the leaves of equal structures and return the structure of results.

    With ``none_is_leaf=False``, ``None`` leaves stay ``None``. Raises ``ValueError`` when the
    structures differ.
    """
    if not callable(func):
        raise TypeError(f"`func` must be callable. Received: func={func}")
    if not structures:
        raise ValueError("Must provide at least one structure")

    def walk(*nodes: Any) -> Any:
        first = nodes[0]
        if is_nested(first):
            if not all(_like(first, other) for other in nodes[1:]):
                raise ValueError(_MISMATCH)
            keys = [key for key, _ in _children(first)]
            return _rebuild(first, [walk(*(node[key] for node in nodes)) for key in keys])
        if any(is_nested(node) for node in nodes):
            raise ValueError(_MISMATCH)
        if first is None and not none_is_leaf:
            return None
        return func(*nodes)

    return walk(*structures)


def map_structure_up_to(shallow_structure: Any, func: Callable[..., Any], *structures: Any) -> Any:
    """Like :func:`map_structure`, but only as deep as ``shallow_structure`` goes."""
    if not structures:
        raise ValueError("Must provide at least one structure")

    def walk(shallow: Any, *nodes: Any) -> Any:
        if not is_nested(shallow):
            return func(*nodes)
        if not all(_like(shallow, node) for node in nodes):
            raise ValueError(_MISMATCH)
        keys = [key for key, _ in _children(shallow)]
        return _rebuild(shallow, [walk(shallow[k], *(node[k] for node in nodes)) for k in keys])

    return walk(shallow_structure, *structures)


def assert_same_structure(a: Any, b: Any, check_types: bool | None = None) -> None:
    """Raise ``ValueError`` unless ``a`` and ``b`` nest alike, in containers of the same types.

    ``check_types`` is an argument of older releases; a ``DeprecationWarning`` says that it has no
    effect (:func:`assert_same_paths` is the looser check).
    """
    if check_types is not None:
        warnings.warn(
            "`check_types` has no effect: types are always compared. `assert_same_paths` takes "
            "lists, tuples and named tuples for the same.",
            DeprecationWarning,
            stacklevel=2,
        )
    map_structure(lambda *leaves: None, a, b)


def assert_same_paths(a: Any, b: Any) -> None:
    """Raise ``ValueError`` unless the leaves of ``a`` and ``b`` lie under the same paths."""
    a_paths = {path for path, _ in flatten_with_path(a)}
    b_paths = {path for path, _ in flatten_with_path(b)}
    if a_paths != b_paths:
        raise ValueError(
            "`a` and `b` don't have the same paths. "
            f"Only in `a`: {a_paths - b_paths}. Only in `b`: {b_paths - a_paths}."
        )


def traverse(func: Callable[[Any], Any], structure: Any, top_down: bool = True) -> Any:
    """Rebuild ``structure``, replacing each node for which ``func`` returns something.

    ``None`` from ``func`` keeps the node (and, top down, goes into its children); the class
    :class:`MAP_TO_NONE` replaces it by ``None``.
    """

    def descend(node: Any) -> Any:
        if not is_nested(node):
            return node
        return _rebuild(node, [traverse(func, child, top_down) for _, child in _children(node)])

    node = structure if top_down else descend(structure)
    replaced = func(node)
    if replaced is MAP_TO_NONE:
        return None
    if replaced is not None:
        return replaced
    return descend(node) if top_down else node


def lists_to_tuples(structure: Any) -> Any:
    """The structure with every list turned into a tuple."""
    return traverse(
        lambda node: tuple(node) if isinstance(node, list) else None, structure, top_down=False
    )


def _is_shape(node: Any) -> bool:
    return isinstance(node, (list, tuple)) and all(
        size is None or not is_nested(size) for size in node
    )


def map_shape_structure(func: Callable[[Any], Any], structure: Any) -> Any:
    """Like :func:`map_structure`, with shapes (flat lists or tuples of sizes) as leaves."""
    if structure is None or _is_shape(structure):
        return func(structure)
    if not is_nested(structure):
        raise ValueError(f"Cannot map function to unknown objects {structure}")
    return _rebuild(
        structure, [map_shape_structure(func, child) for _, child in _children(structure)]
    )
