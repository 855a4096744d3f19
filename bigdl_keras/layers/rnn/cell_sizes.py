"""The sizes that a recurrent cell declares."""

from __future__ import annotations

from typing import Any


def output_size(cell: Any) -> int:
    """The size of a cell's output: its `output_size`, else that of its first state."""
    size = getattr(cell, "output_size", None)
    if size is not None:
        return size
    states = cell.state_size
    return states if isinstance(states, int) else states[0]
