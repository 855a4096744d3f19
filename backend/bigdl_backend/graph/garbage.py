"""Keeping Python's collector of reference cycles away while graphs grow."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collections() -> Iterator[None]:
    """Collect no cycles inside.

    Tracing and rewriting make tens of thousands of objects that live, which the collector would visit again and
    again: a third of the time to the first step of a deep model.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
