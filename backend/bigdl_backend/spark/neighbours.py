"""Processes of one machine, which can end each other where nobody else can."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def host_identity() -> str:
    """The same for processes that can share memory: one kernel and one /dev/shm."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    try:
        shared = os.stat("/dev/shm")
    except FileNotFoundError:
        return ""
    return f"{boot}/{shared.st_dev}/{shared.st_ino}"


def birth(process: int) -> int | None:
    """When a process began, in ticks since the machine did (field 22 of proc(5)'s stat); None when there is none."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(stat.rpartition(")")[2].split()[19])


def end_process(process: int, born: int) -> bool:
    """End the process that began then, even a paused one; whether it was there.

    The number alone may mean another process by now, or in another container.
    """
    if birth(process) != born:
        return False
    os.kill(process, signal.SIGKILL)
    return True
