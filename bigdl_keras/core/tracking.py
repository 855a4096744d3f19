"""Finding the variables, layers, metrics and seed generators assigned to attributes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from bigdl_keras.core.changes import note_change
from bigdl_keras.core.keras_op import register_container
from bigdl_keras.core.saveable import KerasSaveable
from bigdl_keras.core.variable import Variable

STORES = (
    "trainable_variables",
    "non_trainable_variables",
    "layers",
    "metrics",
    "seed_generators",
)
_STORE_OF_KIND = {"Metric": "metrics", "SeedGenerator": "seed_generators"}


class _Switch(threading.local):
    def __init__(self) -> None:
        self.on = True


_switch = _Switch()


@contextmanager
def untracked() -> Iterator[None]:
    """Within it (or within a function decorated with it) attributes may be set untracked."""
    outer, _switch.on = _switch.on, False
    try:
        yield
    finally:
        _switch.on = outer


class Tracker:
    """Sorts tracked values into stores.

    Args:
        is_layer: tells layers from other saveable objects.

    Attributes:
        stores: the values found, by kind, in order of appearance.
        lock_message: when set, nothing new can be tracked; the text of the error.
    """

    def __init__(self, is_layer: Callable[[Any], bool]) -> None:
        self.stores: dict[str, list[Any]] = {name: [] for name in STORES}
        self.lock_message: str | None = None
        self._is_layer = is_layer
        self._ids: set[int] = set()

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in vars(self).items() if key != "_ids"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        # Copies have ids of their own.
        self._ids = {id(item) for items in self.stores.values() for item in items}

    def track(self, value: Any) -> Any:
        """Store ``value`` if it is of a known kind; containers come back as tracking copies."""
        if not _switch.on:
            return value
        store = self._store_of(value)
        if store is not None:
            self.add(store, value)
        elif isinstance(value, tuple):
            items = [self.track(item) for item in value]
            return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
        elif isinstance(value, list):
            return TrackedList(value, self)
        elif isinstance(value, OrderedDict):
            return TrackedOrderedDict(value, self)
        elif isinstance(value, dict):
            return TrackedDict(value, self)
        elif isinstance(value, set):
            return TrackedSet(value, self)
        return value

    def _store_of(self, value: Any) -> str | None:
        if isinstance(value, Variable):
            return "trainable_variables" if value.trainable else "non_trainable_variables"
        if isinstance(value, KerasSaveable):
            return "layers" if self._is_layer(value) else _STORE_OF_KIND.get(value._obj_type())
        return None

    def add(self, store: str, value: Any) -> None:
        """Put ``value`` into ``store`` unless it is stored already."""
        if id(value) in self._ids:
            return
        if self.lock_message is not None:
            raise ValueError(self.lock_message)
        note_change()
        self._ids.add(id(value))
        self.stores[store].append(value)

    def untrack(self, value: Any) -> None:
        """Forget ``value``."""
        if id(value) in self._ids:
            note_change()
            self._ids.discard(id(value))
            for items in self.stores.values():
                items[:] = [item for item in items if item is not value]


class TrackedList(list):
    """A list whose items are tracked as they come and go."""

    # Until the constructor or `pickle` sets it, items come and go unseen.
    tracker: Tracker | None = None

    def __init__(self, values: Iterable[Any] = (), tracker: Tracker | None = None) -> None:
        self.tracker = tracker
        super().__init__(values if tracker is None else [tracker.track(v) for v in values])

    def _enter(self, value: Any) -> Any:
        return value if self.tracker is None else self.tracker.track(value)

    def _leave(self, value: Any) -> None:
        if self.tracker is not None:
            self.tracker.untrack(value)

    def append(self, value: Any) -> None:
        super().append(self._enter(value))

    def insert(self, index: Any, value: Any) -> None:
        super().insert(index, self._enter(value))

    def extend(self, values: Iterable[Any]) -> None:
        super().extend([self._enter(value) for value in values])

    def __iadd__(self, values: Iterable[Any]) -> TrackedList:  # type: ignore[misc]
        self.extend(values)
        return self

    def __setitem__(self, index: Any, value: Any) -> None:
        replaced = self[index] if isinstance(index, slice) else [self[index]]
        for old in replaced:
            self._leave(old)
        entered = [self._enter(v) for v in value] if isinstance(index, slice) else None
        super().__setitem__(index, self._enter(value) if entered is None else entered)

    def __delitem__(self, index: Any) -> None:
        for old in self[index] if isinstance(index, slice) else [self[index]]:
            self._leave(old)
        super().__delitem__(index)

    def remove(self, value: Any) -> None:
        # By identity first: variables compare element by element.
        position = next((i for i, item in enumerate(self) if item is value), None)
        del self[self.index(value) if position is None else position]

    def pop(self, index: Any = -1) -> Any:
        value = super().pop(index)
        self._leave(value)
        return value

    def clear(self) -> None:
        for value in self:
            self._leave(value)
        super().clear()


class _TrackedMapping:
    """What tracked dicts add to ``dict`` and ``OrderedDict``."""

    tracker: Tracker | None = None

    def __init__(self, values: Any = (), tracker: Tracker | None = None) -> None:
        self.tracker = tracker
        super().__init__()
        for key, value in dict(values).items():
            self[key] = value

    def __setitem__(self, key: Any, value: Any) -> None:
        if self.tracker is not None:
            value = self.tracker.track(value)
        super().__setitem__(key, value)  # type: ignore[misc]

    def __delitem__(self, key: Any) -> None:
        if self.tracker is not None:
            self.tracker.untrack(self[key])  # type: ignore[index]
        super().__delitem__(key)  # type: ignore[misc]

    def update(self, *args: Any, **kwargs: Any) -> None:
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def setdefault(self, key: Any, default: Any = None) -> Any:
        if key not in self:  # type: ignore[operator]
            self[key] = default
        return self[key]  # type: ignore[index]

    def pop(self, key: Any, *default: Any) -> Any:
        value = super().pop(key, *default)  # type: ignore[misc]
        if self.tracker is not None:
            self.tracker.untrack(value)
        return value

    def popitem(self) -> Any:
        key, value = super().popitem()  # type: ignore[misc]
        if self.tracker is not None:
            self.tracker.untrack(value)
        return key, value

    def clear(self) -> None:
        if self.tracker is not None:
            for value in self.values():  # type: ignore[attr-defined]
                self.tracker.untrack(value)
        super().clear()  # type: ignore[misc]


class TrackedDict(_TrackedMapping, dict):
    """A dict whose values are tracked as they come and go."""


class TrackedOrderedDict(_TrackedMapping, OrderedDict):  # type: ignore[misc]
    """An ordered dict whose values are tracked as they come and go."""


class TrackedSet(set):
    """A set whose items are tracked as they come and go."""

    tracker: Tracker | None = None

    def __init__(self, values: Iterable[Any] = (), tracker: Tracker | None = None) -> None:
        self.tracker = tracker
        super().__init__(values if tracker is None else [tracker.track(v) for v in values])

    def add(self, value: Any) -> None:
        super().add(value if self.tracker is None else self.tracker.track(value))

    def update(self, *others: Iterable[Any]) -> None:
        for values in others:
            for value in values:
                self.add(value)

    def remove(self, value: Any) -> None:
        super().remove(value)
        if self.tracker is not None:
            self.tracker.untrack(value)

    def discard(self, value: Any) -> None:
        if value in self:
            self.remove(value)

    def pop(self) -> Any:
        value = super().pop()
        if self.tracker is not None:
            self.tracker.untrack(value)
        return value

    def clear(self) -> None:
        for value in list(self):
            self.remove(value)


for _container in (TrackedList, TrackedDict, TrackedOrderedDict):
    register_container(_container)
