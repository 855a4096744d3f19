"""The processes of a local cluster, as the system sees them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

_LISTENING = "0A"


class Processes:
    """The executors and Python workers below this process, as the system sees them now."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended meanwhile
            self._parents[int(stat.parent.name)] = int(fields[1])

    def executors(self) -> list[int]:
        return [
            process
            for process in self._parents
            if self._is_below(process, os.getpid())
            and "CoarseGrainedExecutorBackend" in command(process)
        ]

    def workers(self) -> list[int]:
        """Python processes that run a task: children of a daemon that is a child of an executor."""
        executors = set(self.executors())
        daemons = {p for p, parent in self._parents.items() if parent in executors}
        return [p for p, parent in self._parents.items() if parent in daemons]

    def _is_below(self, process: int, ancestor: int) -> bool:
        while process in self._parents:
            if process == ancestor:
                return True
            process = self._parents[process]
        return False


def listening(processes: Iterable[int]) -> list[tuple[str, int]]:
    """The addresses and TCP ports on which these processes listen."""
    found = []
    for process in processes:
        sockets = _open_files(process)
        tables = [Path(f"/proc/net/{name}").read_text() for name in ("tcp", "tcp6")]
        for line in "".join(tables).splitlines():
            words = line.split()
            if words[3] == _LISTENING and f"socket:[{words[9]}]" in sockets:
                address, _, port = words[1].partition(":")
                found.append((_readable(address), int(port, 16)))
    return found


def _open_files(process: int) -> set[str]:
    found = set()
    try:
        for file in os.scandir(f"/proc/{process}/fd"):
            with suppress(FileNotFoundError):  # the listing's own
                found.add(os.readlink(file.path))
    except (FileNotFoundError, ProcessLookupError):
        pass  # it ended meanwhile
    return found


def _readable(address: str) -> str:
    # As the kernel writes it: 32-bit words of the machine's own order.
    words = [int(address[at : at + 8], 16) for at in range(0, len(address), 8)]
    packed = b"".join(word.to_bytes(4, sys.byteorder) for word in words)
    return str(ip_address(packed))


def command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
