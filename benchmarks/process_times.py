"""How much processor time and memory a program's processes have used."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds():
    """Seconds of this process ("main"), of all JVMs below it ("java"), of Spark's Python workers ("workers").

    "exchange" is the part of the workers' in the threads that sum gradients.
    """
    used = dict.fromkeys(("java", "workers", "exchange"), 0.0)
    for number, kind, fields in _family():
        # User and system time, its own and of children that have ended.
        used[kind] = used.get(kind, 0.0) + sum(map(int, fields[11:15])) / _TICKS
        used["exchange"] += _exchange_seconds(number)
    return used


def peak_memory(kind):
    """The most that the running processes of a kind (see `processor_seconds`) had in memory, their sum in MB."""
    total = 0.0
    for number, found, _ in _family():
        if found == kind:
            status = Path(f"/proc/{number}/status").read_text()
            total += int(status.partition("VmHWM:")[2].split()[0]) / 1e3
    return total


def _family():
    """Number, kind, and the fields of `stat` behind the name, of this process and all below it."""
    children, found = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
        name, _, rest = text.partition("(")[2].rpartition(")")
        fields, number = rest.split(), int(folder.name)
        children.setdefault(int(fields[1]), []).append(number)
        found[number] = "java" if name == "java" else "workers", fields
    yield os.getpid(), "main", found[os.getpid()][1]
    todo = list(children.get(os.getpid(), []))
    while todo:
        number = todo.pop()
        yield number, *found[number]
        todo += children.get(number, [])


def _exchange_seconds(process):
    total = 0.0
    for task in Path(f"/proc/{process}/task").glob("*/stat"):
        name, _, rest = task.read_text().partition("(")[2].rpartition(")")
        if name == "bigdl-exchange":
            total += sum(map(int, rest.split()[11:13])) / _TICKS
    return total
