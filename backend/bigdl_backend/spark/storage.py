"""A worker's rows in memory, column by column; in memory-mapped files when they do not fit."""

from __future__ import annotations

import os
import resource
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

_CHECKSUM_BYTES = 1 << 22


class RowStorage:
    """Rows that are appended once and then drawn by number.

    Args:
        shapes: shape of a row of each column.
        dtypes: dtype of each column.
        expected: about how many rows will come; more are accepted.
        budget: bytes of memory to use; beyond it the columns live in files that vanish with the process.
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
            int(np.prod(shape)) * dtype.itemsize
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
        return np.memmap(file, self._dtypes[index], "r+" if self._count else "w+", shape=shape)

    def _grow_to(self, count: int) -> None:
        if count <= self._capacity:
            return
        self._capacity = max(count, self._capacity * 3 // 2)
        for index, old in enumerate(self._columns):
            file = self._files[index]
            if file is not None:
                file.truncate(self._capacity * int(np.prod(old.shape[1:])) * old.itemsize)
            new = self._allocate(index)
            if not isinstance(new, np.memmap):
                new[: self._count] = old[: self._count]
            self._columns[index] = new


def memory_budget(workers_here: int) -> int:
    """Half of the memory that is free now on this machine or in this container, shared among the workers here.

    At most half of what the process itself may take (spark.executor.pyspark.memory).
    """
    own, _ = resource.getrlimit(resource.RLIMIT_AS)
    limits = [_free_memory() // max(1, workers_here)]
    if own != resource.RLIM_INFINITY:
        limits.append(own)
    return min(limits) // 2


def _free_memory() -> int:
    lines = Path("/proc/meminfo").read_text().splitlines()
    machine = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    limit, used = (Path(f"/sys/fs/cgroup/memory.{name}") for name in ("max", "current"))
    if limit.exists() and limit.read_text().strip() != "max":
        return min(machine * 1024, int(limit.read_text()) - int(used.read_text()))
    return machine * 1024


def local_folder() -> str | None:
    """Where big temporary files belong; None: where Python puts all of them."""
    # Spark tells its Python workers where big temporary files belong.
    folders = os.environ.get("SPARK_LOCAL_DIRS", "")
    return folders.split(",")[0] or None
