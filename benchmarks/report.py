"""What a benchmark leaves behind: its rows with machine, versions and commit, as JSON, a Markdown table and a picture.

    from report import Report

    report = Report("ingest", rows, packages=["numpy", "pyspark"])
    report.write(args.output)                       # build/benchmarks/ingest.json and .md
    with report.picture(args.output) as figure:     # build/benchmarks/ingest.png
        figure.subplots().barh(...)

Rows are dictionaries of one kind: their keys are the columns of the table.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]


class Report:
    """The rows of one benchmark and where they come from.

    The machine's load is that of the moment this is made: before the measurement, it says what others do.

    Args:
        name: of the benchmark.
        rows: what was measured; more can be appended until it is written.
        packages: whose versions matter.
    """

    def __init__(self, name: str, rows: Iterable[Row] = (), packages: Sequence[str] = ("numpy",)):
        self.name = name
        self.rows = list(rows)
        self.about = {
            "benchmark": name,
            "command": " ".join(["python", Path(sys.argv[0]).name, *sys.argv[1:]]),
            "commit": commit(),
            "machine": machine(),
            "versions": {"python": platform.python_version(), **{p: version(p) for p in packages}},
        }

    def write(
        self,
        path: Path,
        columns: Sequence[str] | None = None,
        shown: Sequence[Row] | None = None,
    ) -> None:
        """`save`, and print the table."""
        self.save(path, columns, shown)
        rows = self.rows if shown is None else shown
        print(self.heading(), table(rows, columns), sep="\n\n")

    def save(
        self,
        path: Path,
        columns: Sequence[str] | None = None,
        shown: Sequence[Row] | None = None,
    ) -> None:
        """Write `path` (JSON) and the table beside it.

        Args:
            path: ends with ".json"; its folder is made.
            columns: of the table; None: all keys.
            shown: the rows of the table, where it is a summary; None: all rows.
        """
        text = table(self.rows if shown is None else shown, columns)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**self.about, "rows": self.rows}, indent=1) + "\n")
        path.with_suffix(".md").write_text(f"{self.heading()}\n\n{text}\n")

    def heading(self) -> str:
        """One line: command, machine, versions, commit."""
        machine, versions = self.about["machine"], self.about["versions"]
        return (
            f"`{self.about['command']}` at {self.about['commit']}: {machine['cores']} cores of "
            f"{machine['processor']}, load {machine['load']} at the start, "
            + ", ".join(f"{name} {number}" for name, number in versions.items())
        )

    @contextmanager
    def picture(self, path: Path, width: float = 8, height: float = 4) -> Iterator[Any]:
        """A Matplotlib figure to draw on, written to `path` with the suffix ".png" at the end."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure
        figure.text(0.995, 0.005, self.about["commit"], ha="right", size="xx-small", color="gray")
        figure.savefig(path.with_suffix(".png"), dpi=110)


def table(rows: Sequence[Row], columns: Sequence[str] | None = None) -> str:
    """Rows as a Markdown table; numbers with four digits, and empty where a row has no such key."""
    if columns is None:
        columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = [columns, ["---"] * len(columns)]
    lines += [[_cell(row.get(column)) for column in columns] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) and abs(value) < 1e4 else f"{value}"


def machine() -> dict[str, Any]:
    """Processor, usable cores, memory and load of this machine."""
    facts = {}
    with open("/proc/cpuinfo") as file:
        for line in file:
            key, _, value = line.partition(":")
            facts.setdefault(key.strip(), value.strip())
    return {
        "processor": facts.get("model name") or platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9, 1),
        "system": f"{platform.system()} {platform.release()}",
        "load": round(os.getloadavg()[0], 1),
    }


def commit() -> str:
    """The commit that is measured, with "+changes" where files differ from it."""
    git = ["git", "-C", str(Path(__file__).parent)]
    head = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    if head.returncode:
        return "no repository"
    changed = subprocess.run([*git, "diff", "--quiet", "HEAD"], capture_output=True).returncode
    return head.stdout.strip() + ("+changes" if changed else "")
