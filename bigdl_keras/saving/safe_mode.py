"""Whether files may ask for things that need trust in their author."""

from __future__ import annotations

import threading


class _State(threading.local):
    def __init__(self) -> None:
        self.safe: bool | None = None


_state = _State()


class SafeModeScope:
    """Within it, deserialisation is safe or not as told by ``safe_mode``."""

    def __init__(self, safe_mode: bool | None = True) -> None:
        self.safe_mode = safe_mode

    def __enter__(self) -> None:
        self._outer = _state.safe
        _state.safe = self.safe_mode

    def __exit__(self, *error: object) -> None:
        _state.safe = self._outer


def enable_unsafe_deserialization() -> None:
    """Make ``safe_mode=False`` the rule in this thread."""
    _state.safe = False


def in_safe_mode() -> bool | None:
    """What the innermost scope says; ``None`` when there is none."""
    return _state.safe
