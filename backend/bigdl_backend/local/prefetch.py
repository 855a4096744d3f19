"""Preparing batches while the last one is computed."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

_POLL_SECONDS = 0.1
_FAREWELL_SECONDS = 1.0


class _End:
    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def prefetch(items: Iterable[Item], depth: int = 2) -> Iterator[Item]:
    """The same items, made by a thread that keeps up to `depth` of them ready.

    An error while making an item is raised where it would have been returned. The thread ends
    with the iteration, however that ends.
    """
    ready: queue.Queue[Item | _End] = queue.Queue(maxsize=depth)
    abandoned = threading.Event()

    def put(item: Item | _End) -> bool:
        while not abandoned.is_set():
            try:
                ready.put(item, timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return True
        return False

    def produce() -> None:
        error: BaseException | None = None
        try:
            for item in items:
                if not put(item):
                    return
        except Exception as raised:
            error = raised
        put(_End(error))

    thread = threading.Thread(target=produce, name="bigdl-prefetch", daemon=True)
    thread.start()
    try:
        while True:
            item = ready.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item
    finally:
        abandoned.set()
        # A source that waits for something outside must not hold up its consumer.
        thread.join(_FAREWELL_SECONDS)
