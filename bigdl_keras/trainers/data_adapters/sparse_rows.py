"""Sparse matrices, made dense batch by batch."""

from typing import Any

import numpy as np


class SparseRows:
    """A sparse matrix that gives its rows as dense arrays, as `ArrayBatches` asks for them.

    Args:
        matrix: a SciPy sparse matrix or array of any format, (rows, columns).
        dtype: of the dense rows.
    """

    ndim = 2

    def __init__(self, matrix: Any, dtype: np.dtype) -> None:
        self._matrix = matrix.tocsr()
        self.dtype = dtype
        self.shape: tuple[int, int] = self._matrix.shape
        self.nbytes = self.shape[0] * self.shape[1] * dtype.itemsize

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        return self._matrix[rows].toarray().astype(self.dtype, copy=False)

    def take(self, rows: np.ndarray, axis: int = 0, **_: Any) -> np.ndarray:
        """What `np.take` calls, along the rows."""
        return self[rows]

    def part(self, begin: int, end: int) -> "SparseRows":
        """The rows from `begin` to `end`, still sparse."""
        return SparseRows(self._matrix[begin:end], self.dtype)
