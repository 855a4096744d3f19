"""How much processor time a program's processes have used."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds():
    """Seconds of this process ("main"), of all JVMs below it ("java"), of Spark's Python workers ("workers").

    "exchange" is the part of the workers' in the threads that sum gradients.
    """
    children, seconds, names = {}, {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
        name, _, rest = text.partition("(")[2].rpartition(")")
        fields = rest.split()
        number = int(folder.name)
        children.setdefault(int(fields[1]), []).append(number)
        # User and system time, its own and of children that have ended.
        seconds[number], names[number] = sum(map(int, fields[11:15])) / _TICKS, name
    used = dict.fromkeys(("java", "workers", "exchange"), 0.0) | {"main": seconds[os.getpid()]}
    todo = list(children.get(os.getpid(), []))
    while todo:
        number = todo.pop()
        kind = "java" if names[number] == "java" else "workers"
        used[kind] += seconds[number]
        used["exchange"] += _exchange_seconds(number)
        todo += children.get(number, [])
    return used


def _exchange_seconds(process):
    total = 0.0
    for task in Path(f"/proc/{process}/task").glob("*/stat"):
        name, _, rest = task.read_text().partition("(")[2].rpartition(")")
        if name == "bigdl-exchange":
            total += sum(map(int, rest.split()[11:13])) / _TICKS
    return total
