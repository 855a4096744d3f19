"""Memory of this process: what it has, and what it may have."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from pathlib import Path

# Where the limit of a container and its use are: control groups version 2, then 1.
_CONTAINER = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes",
    ),
)


@dataclass(frozen=True)
class Memory:
    """Bytes.

    Attributes:
        used: by this process, without what it shares with files.
        limit: that it may have, with all others that share the limit.
        free: of the limit.
        limited_by: what sets the limit.
    """

    used: int
    limit: int
    free: int
    limited_by: str

    def __str__(self) -> str:
        return f"{in_words(self.used)} of the {in_words(self.limit)} of {self.limited_by}"


def memory() -> Memory:
    """What this process has now."""
    status = _kilobytes("/proc/self/status")
    machine = _kilobytes("/proc/meminfo")
    used = status["VmRSS"]
    limits = [Memory(used, machine["MemTotal"], machine["MemAvailable"], "its machine")]
    for limit, taken in _CONTAINER:
        if Path(limit).exists() and Path(limit).read_text().strip() != "max":
            most = int(Path(limit).read_text())
            limits.append(Memory(used, most, most - int(Path(taken).read_text()), "its container"))
    own, _ = resource.getrlimit(resource.RLIMIT_AS)
    if own != resource.RLIM_INFINITY:
        left = own - status["VmSize"]
        limits.append(Memory(used, own, left, "spark.executor.pyspark.memory"))
    return min(limits, key=lambda each: each.free)


def in_words(size: int) -> str:
    """A number of bytes for people: "3.9 GiB"."""
    number, unit = float(size), "bytes"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if number < 1000:
            break
        number, unit = number / 1024, larger
    return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.1f} {unit}"


def _kilobytes(file: str) -> dict[str, int]:
    lines = (line.split() for line in Path(file).read_text().splitlines())
    return {words[0].rstrip(":"): int(words[1]) << 10 for words in lines if words[-1:] == ["kB"]}
