"""Objects that occur more than once in a config, read as one."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

_MARK = "shared_object_id"


class _Shared(threading.local):
    def __init__(self) -> None:
        # The items are held, so that their ids stay theirs.
        self.written: dict[int, Any] | None = None
        self.read: dict[int, Any] | None = None


_shared = _Shared()


class ObjectSharingScope:
    """Within it, repeated objects are recognised."""

    def __enter__(self) -> None:
        self._outer = (_shared.written, _shared.read)
        _shared.written, _shared.read = {}, {}

    def __exit__(self, *error: object) -> None:
        _shared.written, _shared.read = self._outer


def mark(item: Any, config: dict[str, Any]) -> None:
    """Mark ``config`` as that of ``item``."""
    if _shared.written is not None:
        _shared.written[id(item)] = item
        config[_MARK] = id(item)


def without_single_marks(config: Any) -> Any:
    """The config with marks only where they occur several times."""
    counts: Counter[int] = Counter()

    def count(node: Any) -> None:
        if isinstance(node, dict):
            counts.update([node[_MARK]] if _MARK in node else [])
            node = list(node.values())
        if isinstance(node, (list, tuple)):
            for item in node:
                count(item)

    def strip(node: Any) -> Any:
        if isinstance(node, dict):
            single = counts.get(node.get(_MARK, -1)) == 1
            return {k: strip(v) for k, v in node.items() if not (single and k == _MARK)}
        return [strip(item) for item in node] if isinstance(node, (list, tuple)) else node

    count(config)
    return strip(config)


def known_object(config: dict[str, Any]) -> Any:
    """The object already made for a config with that mark, or ``None``."""
    return (_shared.read or {}).get(config.get(_MARK, -1))


def note_object(item: Any, config: dict[str, Any]) -> None:
    """Remember the object made for a config with a mark."""
    if _shared.read is not None and _MARK in config:
        _shared.read[config[_MARK]] = item
