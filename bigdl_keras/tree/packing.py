"""Building many structures of one kind quickly."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any


def packer(structure: Any) -> Callable[[Sequence[Any]], Any]:
    """A function that builds a structure from a sequence of values.

    Args:
        structure: with the positions of values at its leaves, or ``None`` where ``None`` is wanted.
    """
    if structure is None:
        return lambda values: None
    if isinstance(structure, dict):
        named = {key: packer(part) for key, part in structure.items()}
        return lambda values: {key: pack(values) for key, pack in named.items()}
    if isinstance(structure, (list, tuple)):
        packs = [packer(part) for part in structure]
        kind = type(structure)
        if hasattr(structure, "_fields"):
            return lambda values: kind(*[pack(values) for pack in packs])
        if isinstance(structure, tuple):
            return lambda values: tuple([pack(values) for pack in packs])
        return lambda values: [pack(values) for pack in packs]
    return operator.itemgetter(structure)
