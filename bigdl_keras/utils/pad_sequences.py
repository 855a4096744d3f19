"""Sequences of different lengths as one array."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np


def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """Pad and cut sequences to one length.

    Args:
        sequences: sequences of numbers, or of arrays of one shape.
        maxlen: the length; default: the longest.
        dtype: dtype of the result.
        padding: "pre" or "post", where to pad.
        truncating: "pre" or "post", where to cut.
        value: what to pad with.

    Returns:
        Array (number of sequences, maxlen, ...).

    Raises:
        ValueError: elements of different shapes, or an unknown side.
    """
    for name, side in {"padding": padding, "truncating": truncating}.items():
        if side not in ("pre", "post"):
            raise ValueError(f"`{name}` must be 'pre' or 'post'; got {side!r}.")
    if not isinstance(sequences, Iterable):
        raise ValueError(f"`sequences` must be iterable; got {sequences!r}.")
    for i, sequence in enumerate(sequences):
        if not hasattr(sequence, "__len__"):
            raise ValueError(f"`sequences` must hold sequences; element {i} is {sequence!r}.")
    if maxlen is None:
        maxlen = max((len(sequence) for sequence in sequences), default=0)
    shape = next((np.shape(sequence)[1:] for sequence in sequences if len(sequence)), ())
    result = np.full((len(sequences), maxlen, *shape), value, dtype=dtype)
    for row, sequence in zip(result, sequences, strict=True):
        if not len(sequence) or not maxlen:
            continue
        kept = np.asarray(sequence[-maxlen:] if truncating == "pre" else sequence[:maxlen], dtype)
        if kept.shape[1:] != shape:
            raise ValueError(
                f"All elements must have the shape {shape} of the first; got {kept.shape[1:]}."
            )
        if padding == "pre":
            row[-len(kept) :] = kept
        else:
            row[: len(kept)] = kept
    return result
