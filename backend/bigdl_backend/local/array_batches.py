"""Cutting arrays into batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np


class ArrayBatches:
    """Rows of several arrays, `batch_size` at a time; the last batch may be shorter.

    Args:
        arrays: arrays with the same number of rows.
        batch_size: rows of a batch.

    Raises:
        ValueError: different numbers of rows, or an array without an axis of rows.
    """

    def __init__(self, arrays: Sequence[np.ndarray], batch_size: int) -> None:
        if any(array.ndim == 0 for array in arrays):
            raise ValueError("an array of data has no axis of rows: its shape is ()")
        rows = {len(array) for array in arrays}
        if len(rows) > 1:
            sizes = ", ".join(str(len(array)) for array in arrays)
            raise ValueError(
                f"all arrays of data must have the same number of rows; got {sizes} rows"
            )
        if batch_size < 1:
            raise ValueError(f"the batch size must be at least 1; got {batch_size}")
        self.arrays = list(arrays)
        self.rows = rows.pop() if rows else 0
        self.batch_size = batch_size

    def __len__(self) -> int:
        return -(-self.rows // self.batch_size)

    def batch_bytes(self) -> int:
        """The size of a full batch in memory."""
        return sum(array.nbytes // max(len(array), 1) for array in self.arrays) * self.batch_size

    def in_order(self) -> Iterator[list[np.ndarray]]:
        """The batches as views, without a copy."""
        for start in range(0, self.rows, self.batch_size):
            yield [array[start : start + self.batch_size] for array in self.arrays]

    def ordered_by(self, order: np.ndarray) -> Iterator[list[np.ndarray]]:
        """The batches of the rows in `order`, int[rows]."""
        for start in range(0, len(order), self.batch_size):
            chosen = order[start : start + self.batch_size]
            yield [np.take(array, chosen, axis=0) for array in self.arrays]


def row_order(rows: int, seed: int, epoch: int) -> np.ndarray:
    """The shuffled order of rows in an epoch, int64[rows]; the same for the same seed and epoch."""
    return np.random.default_rng([seed, epoch]).permutation(rows)


def batch_order(rows: int, batch_size: int, seed: int, epoch: int) -> np.ndarray:
    """An order in which whole batches are shuffled and the rows within each keep theirs."""
    starts = np.arange(0, rows, batch_size)
    np.random.default_rng([seed, epoch]).shuffle(starts[: rows // batch_size])
    parts = [np.arange(start, min(start + batch_size, rows)) for start in starts.tolist()]
    return np.concatenate(parts) if parts else np.arange(0)
