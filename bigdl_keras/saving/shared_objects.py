"""Objects that occur more than once in a config, written once and read as one."""

from __future__ import annotations

import threading
from typing import Any


class _Shared(threading.local):
    def __init__(self) -> None:
        self.configs: dict[int, dict[str, Any]] | None = None
        self.objects: dict[int, Any] | None = None


_shared = _Shared()


class ObjectSharingScope:
    """Within it, repeated objects are recognised."""

    def __enter__(self) -> None:
        self._outer = (_shared.configs, _shared.objects)
        _shared.configs, _shared.objects = {}, {}

    def __exit__(self, *error: object) -> None:
        _shared.configs, _shared.objects = self._outer


def note_config(item: Any, config: dict[str, Any]) -> None:
    """Mark the configs of ``item`` as one object from its second occurrence on."""
    if _shared.configs is None:
        return
    first = _shared.configs.setdefault(id(item), config)
    if first is not config:
        first["shared_object_id"] = config["shared_object_id"] = id(item)


def known_object(config: dict[str, Any]) -> Any:
    """The object already made for a config with that mark, or ``None``."""
    return (_shared.objects or {}).get(config.get("shared_object_id", -1))


def note_object(item: Any, config: dict[str, Any]) -> None:
    """Remember the object made for a config with a mark."""
    if _shared.objects is not None and "shared_object_id" in config:
        _shared.objects[config["shared_object_id"]] = item
