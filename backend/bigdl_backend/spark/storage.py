"""A worker's rows in memory, column by column; in memory-mapped files when they do not fit."""

from __future__ import annotations

import errno
import os
import tempfile
import zlib
from collections.abc import Sequence
from math import prod

import numpy as np

from bigdl_backend.spark.memory import memory

_CHECKSUM_BYTES = 1 << 22


class StorageError(RuntimeError):
    """There is no room for the rows."""


class RowStorage:
    """Rows that are appended once and then drawn by number.

    Args:
        shapes: shape of a row of each column.
        dtypes: dtype of each column.
        expected: about how many rows will come; more are accepted.
        budget: bytes of memory to use; beyond it the columns live in files that vanish with the process, however it
            ends: they never have a name.

    Raises:
        StorageError: the files find no room; `append` may raise it, too.
    """

    def __init__(
        self,
        shapes: Sequence[tuple[int, ...]],
        dtypes: Sequence[str],
        expected: int,
        budget: int,
    ):
        self._shapes = [tuple(shape) for shape in shapes]
        self._dtypes = [np.dtype(dtype) for dtype in dtypes]
        self._capacity = max(expected, 1)
        self._count = 0
        row = sum(
            prod(shape) * dtype.itemsize
            for shape, dtype in zip(self._shapes, self._dtypes, strict=True)
        )
        self.in_files = row * self._capacity > budget
        self._files = [
            tempfile.TemporaryFile(dir=local_folder()) if self.in_files else None  # noqa: SIM115 - lives as long as self
            for _ in self._shapes
        ]
        self._columns = [self._allocate(index) for index in range(len(self._shapes))]

    def __len__(self) -> int:
        return self._count

    def append(self, arrays: Sequence[np.ndarray]) -> None:
        """Add rows: one array a column, all with the same number of rows."""
        count = len(arrays[0])
        self._grow_to(self._count + count)
        for column, array in zip(self._columns, arrays, strict=True):
            column[self._count : self._count + count] = array
        self._count += count

    def rows(self, indexes: np.ndarray) -> list[np.ndarray]:
        """The rows with these numbers: one new array a column."""
        return [column[indexes] for column in self._columns]

    def column(self, index: int) -> np.ndarray:
        """All rows of one column, as they were appended."""
        return self._columns[index][: self._count]

    def checksum(self, order: np.ndarray) -> int:
        """A checksum of all rows taken in `order`."""
        result = 0
        for column in self._columns:
            step = max(1, _CHECKSUM_BYTES // max(1, column[:1].nbytes))
            for start in range(0, len(order), step):
                block = np.ascontiguousarray(column[order[start : start + step]])
                result = zlib.crc32(block.reshape(-1).view(np.uint8).data, result)
        return result

    def _allocate(self, index: int) -> np.ndarray:
        shape = (self._capacity, *self._shapes[index])
        file = self._files[index]
        if file is None or 0 in shape:
            return np.empty(shape, self._dtypes[index])
        size = prod(shape) * self._dtypes[index].itemsize
        try:
            # A full disk must be an error here: found out by a page of the map, it would end the process.
            os.posix_fallocate(file.fileno(), 0, size)
            return np.memmap(file, self._dtypes[index], "r+", shape=shape)
        except OSError as error:
            raise StorageError(_no_room(error, size)) from error

    def _grow_to(self, count: int) -> None:
        if count <= self._capacity:
            return
        self._capacity = max(count, self._capacity * 3 // 2)
        for index, old in enumerate(self._columns):
            new = self._allocate(index)
            if not isinstance(new, np.memmap):
                new[: self._count] = old[: self._count]
            self._columns[index] = new


def _no_room(error: OSError, size: int) -> str:
    found = f"no room for {size / 1e6:.1f} MB of rows in files in {local_folder() or tempfile.gettempdir()!r}"
    if error.errno == errno.ENOMEM:
        mend = "spark.executor.pyspark.memory counts mapped files, too: raise it"
    else:
        mend = "free space there, or name a larger folder in spark.local.dir"
    return (
        f"{found} ({error.strerror}): {mend}, give fit a larger memory_budget, or take more workers"
    )


def memory_budget(workers_here: int) -> int:
    """Bytes for the rows of one of so many workers on this machine: half of its share of what is free."""
    return max(0, memory(workers_here).free) // 2


def local_folder() -> str | None:
    """Where big temporary files belong; None: where Python puts all of them."""
    # Spark tells its Python workers where big temporary files belong.
    folders = os.environ.get("SPARK_LOCAL_DIRS", "")
    return folders.split(",")[0] or None
