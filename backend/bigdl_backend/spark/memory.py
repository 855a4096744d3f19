"""Memory of this process: what it has, and what it may have."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Control groups version 2, then 1: a folder, what holds the limit and the use, and the cached files in that use.
_CONTAINERS = (
    ("/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"),
    (
        "/sys/fs/cgroup/memory",
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        "total_inactive_file",
    ),
)


_MACHINE, _CONTAINER, _SETTING = "its machine", "its container", "spark.executor.pyspark.memory"
_MENDS = {
    _MACHINE: "the memory of its machine",
    _CONTAINER: "spark.executor.memoryOverhead",
    _SETTING: _SETTING,
}


@dataclass(frozen=True)
class Memory:
    """Bytes.

    Attributes:
        used: that this process has in memory now.
        limit: that it may have, with all others that share the limit.
        free: of the limit; a share of it where several processes share it.
        limited_by: what sets the limit.
    """

    used: int
    limit: int
    free: int
    limited_by: str

    def __str__(self) -> str:
        return (
            f"{in_words(self.used)} of the {in_words(self.limit)} of {self.limited_by}, "
            f"of which {in_words(self.free)} were free"
        )


def memory(sharers: int = 1) -> Memory:
    """What this process has now, one of `sharers` in its machine and container."""
    status = _kilobytes("/proc/self/status")
    machine = _kilobytes("/proc/meminfo")
    used = status["VmRSS"]
    limits = [Memory(used, machine["MemTotal"], machine["MemAvailable"] // sharers, _MACHINE)]
    for folder, *names in _CONTAINERS:
        room = _room(Path(folder), *names)
        if room is not None:
            limit, left = room
            limits.append(Memory(used, limit, left // sharers, _CONTAINER))
    own, _ = resource.getrlimit(resource.RLIMIT_AS)
    if own != resource.RLIM_INFINITY:
        left = own - status["VmSize"]
        limits.append(Memory(used, own, left, _SETTING))
    return min(limits, key=lambda each: each.free)


@contextmanager
def memory_in_errors() -> Iterator[None]:
    """A MemoryError inside tells what this process has, and what helps."""
    try:
        yield
    except MemoryError as error:
        now = memory()
        raise MemoryError(
            f"{error}; this process has {now}: lower batch_size or num_workers, or raise {_MENDS[now.limited_by]}"
        ) from error


def in_words(size: int) -> str:
    """A number of bytes for people: "3.9 GiB"."""
    number, unit = float(size), "bytes"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if number < 1000:
            break
        number, unit = number / 1024, larger
    return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.1f} {unit}"


def _room(folder: Path, limit: str, used: str, cached: str) -> tuple[int, int] | None:
    """The limit of a control group and what is free of it; None without a limit."""
    if not (folder / limit).exists() or (folder / limit).read_text().strip() == "max":
        return None
    most, taken = (int((folder / name).read_text()) for name in (limit, used))
    pairs = (line.split() for line in (folder / "memory.stat").read_text().splitlines())
    # Files that nobody has used for long count as used, and make room when it is needed.
    reclaimable = next((int(size) for name, size in pairs if name == cached), 0)
    return most, most - taken + reclaimable


def _kilobytes(file: str) -> dict[str, int]:
    lines = (line.split() for line in Path(file).read_text().splitlines())
    return {words[0].rstrip(":"): int(words[1]) << 10 for words in lines if words[-1:] == ["kB"]}
