"""Text as users give it, and as hashes and tables take it: byte strings."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_backend.graph.tensor import Tensor
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F
from bigdl_backend.primitives.hashing import packed


def as_values(data: Any) -> Any:
    """`data` as an array; traced tensors stay.

    Raises:
        ValueError: rows of different lengths.
    """
    if isinstance(data, Tensor):
        return data
    if type(data).__module__.partition(".")[0] == "pandas":
        data = data.to_numpy()
    return np.asarray(data)


def holds_text(values: Any) -> bool:
    """Whether an array holds text rather than numbers."""
    return isinstance(values, np.ndarray) and values.dtype.kind in "OSTU"


def byte_strings(values: np.ndarray, name: str) -> list[bytes]:
    """All elements as UTF-8, in order.

    Raises:
        TypeError: an element is no text; `name` is the layer that wants it.
    """
    flat = values.ravel().tolist()
    if values.dtype.kind == "S":
        return flat
    try:
        return [text if type(text) is bytes else text.encode() for text in flat]
    except AttributeError:
        raise _not_text(flat, name) from None


def _not_text(flat: list[Any], name: str) -> TypeError:
    odd = next(text for text in flat if not isinstance(text, (str, bytes)))
    return TypeError(
        f"Layer '{name}' takes text; got {odd!r} of type {type(odd).__name__}. Convert it with "
        "`str()`, and fill in missing values."
    )


def text_fingerprints(values: np.ndarray, salt: Any, name: str) -> np.ndarray:
    """A 64-bit fingerprint of each text, in the shape of `values`.

    Raises:
        TypeError: an element is no text; `name` is the layer that wants it.
    """
    flat = values.ravel().tolist()
    try:
        texts = packed(flat)
    except TypeError:
        raise _not_text(flat, name) from None
    return bind("fingerprint", *texts, salt=salt).reshape(values.shape)


def integer_fingerprints(values: Any, salt: Any) -> Any:
    """A 64-bit fingerprint of each number, floats cut to integers, as written in decimal."""
    return bind("fingerprint_integers", F.cast(values, "int64"), salt=salt)


def buckets(fingerprints: Any, count: int) -> Any:
    """Fingerprints spread over 0 .. count - 1: int64."""
    return F.cast(bind("mod", fingerprints, F.full_like(fingerprints, count)), "int64")


def checked_salt(salt: Any, layer: str) -> list[int] | None:
    """Two words of salt from one or two integers; `ValueError` for anything else."""
    if salt is None:
        return None
    if isinstance(salt, int) and not isinstance(salt, bool):
        return [salt, salt]
    if isinstance(salt, (tuple, list)) and len(salt) == 2:
        return list(salt)
    raise ValueError(
        f"The `salt` argument for `{layer}` can only be a tuple of 2 integers, or a single "
        f"integer. Received: salt={salt}."
    )
