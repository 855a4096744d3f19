"""Devices: there is one, the processor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def device(device_name: str) -> Iterator[None]:
    """Accepts ``"cpu"`` and ``"cpu:<number>"``; ``ValueError`` for anything else."""
    if str(device_name).lower().split(":")[0] != "cpu":
        raise ValueError(f"There is no device '{device_name}': computations run on 'cpu'")
    yield
