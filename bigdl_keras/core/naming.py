"""Automatic names: ``Dense`` -> ``dense``, ``dense_1``, ..."""

from __future__ import annotations

import re
import threading
from collections import Counter


class _Counters(threading.local):
    def __init__(self) -> None:
        self.used: Counter[str] = Counter()
        self.uids: Counter[str] = Counter()


_counters = _Counters()


def to_snake_case(name: str) -> str:
    """``"MaxPooling2D"`` -> ``"max_pooling2d"``."""
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def to_camel_case(name: str) -> str:
    """``"expand_dims"`` -> ``"ExpandDims"``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def auto_name(prefix: str) -> str:
    """A name not given out before: the snake case of ``prefix``, numbered from the second on."""
    return unique_name(to_snake_case(prefix))


def unique_name(name: str) -> str:
    """``name`` the first time it is asked for, then ``name_1``, ``name_2``, ..."""
    count = _counters.used[name]
    _counters.used[name] += 1
    return f"{name}_{count}" if count else name


def get_uid(prefix: str = "") -> int:
    """How often a number was asked for ``prefix``, this time included."""
    _counters.uids[prefix] += 1
    return _counters.uids[prefix]


def reset() -> None:
    """Begin numbering anew (``keras.utils.clear_session``)."""
    _counters.used.clear()
    _counters.uids.clear()
