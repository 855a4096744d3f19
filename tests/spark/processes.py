"""The processes of a local cluster, as the system sees them."""

from __future__ import annotations

import os
from pathlib import Path


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


def command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
