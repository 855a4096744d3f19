"""Masks carried beside tensors.

A NumPy array cannot hold attributes, so the mask of an array or tensor lives in a table that
forgets it together with the tensor.
"""

from __future__ import annotations

import weakref
from typing import Any

_masks: dict[int, tuple[weakref.ref[Any], Any]] = {}


def set_keras_mask(x: Any, mask: Any) -> None:
    """Attach ``mask`` (bool, shape of the leading axes of ``x``) to ``x``; ``None`` takes it off."""
    key = id(x)
    if mask is None:
        _masks.pop(key, None)
    else:
        _masks[key] = (weakref.ref(x, lambda _: _masks.pop(key, None)), mask)


def get_keras_mask(x: Any) -> Any:
    """The mask attached to ``x``, or ``None``."""
    if not _masks:
        return None
    entry = _masks.get(id(x))
    return entry[1] if entry is not None and entry[0]() is x else None
