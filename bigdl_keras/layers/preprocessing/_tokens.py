"""From text to tokens. All of it is done on UTF-8, where letters and punctuation of ASCII are single bytes."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

_PUNCTUATION = string.punctuation.encode()

STANDARDS: dict[str, Callable[[bytes], bytes]] = {
    "lower_and_strip_punctuation": lambda text: text.lower().translate(None, _PUNCTUATION),
    "lower": bytes.lower,
    "strip_punctuation": lambda text: text.translate(None, _PUNCTUATION),
}


def _characters(text: bytes) -> list[bytes]:
    return [character.encode() for character in text.decode(errors="replace")]


SPLITS: dict[str, Callable[[bytes], list[bytes]]] = {
    "whitespace": bytes.split,
    "character": _characters,
}


def with_ngrams(tokens: Sequence[bytes], widths: Sequence[int]) -> list[bytes]:
    """Neighbouring tokens joined by spaces: all of the first width, then all of the next."""
    return [
        b" ".join(tokens[start : start + width])
        for width in widths
        for start in range(len(tokens) - width + 1)
    ]


def padded(numbers: np.ndarray, lengths: np.ndarray, width: int | None, padding: int) -> np.ndarray:
    """Rows of numbers as one array, cut or filled up at their ends.

    Args:
        numbers: int64[sum of lengths], row after row.
        lengths: of the rows.
        width: of the result; None: that of the longest row.
        padding: fills up.
    """
    if width is None:
        width = int(lengths.max(initial=0))
    places = np.arange(len(numbers)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    kept = places < width
    result = np.full((len(lengths), width), padding, np.int64)
    result[rows[kept], places[kept]] = numbers[kept]
    return result


def utf8(text: Any) -> bytes:
    """The text as UTF-8."""
    return text if isinstance(text, bytes) else str(text).encode()
