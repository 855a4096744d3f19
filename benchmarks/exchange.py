"""Gradient exchange against its limits: memory copies, raw TCP on the same link, and gloo inside torch.

    python benchmarks/exchange.py [--peer-python PATH] [--settings loopback "1 Gbit/s"] [--ranks 2 4] [--rounds 3]

Ranks are processes: all on this machine (shared memory, loopback), or each on an emulated host of its own (network
namespaces on a bridge, as fast as the machine copies or limited to 1 Gbit/s), which takes root. All ways to exchange
take turns, round after round, so that a busy machine disturbs them alike; a round takes as long as its slowest rank,
and the fastest round counts. "raw TCP" sends as many bytes as a ring does, each way, and adds nothing. CPU time is that
of one rank's process, for 100 MB of float32. --peer-python names an interpreter that has torch.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ranks import SETTINGS, Ranks, places_of
from report import Report

SIZES = [1 << 10, 32 << 10, 1 << 20, 25_000_000, 100_000_000, 400_000_000]
RANK = str(Path(__file__).with_name("exchange_rank.py"))
OVER_TCP = ["raw TCP", "sockets", "encrypted", "bfloat16", "gloo"]


def measure(setting: str, world: int, options: argparse.Namespace) -> list[dict[str, Any]]:
    """One row for each way and size."""
    best: dict[tuple[str, int], dict[str, float]] = {}
    ways = ["memcpy", "shared memory"] if setting == "shared memory" else OVER_TCP
    with ExitStack() as stack:
        places, interface = stack.enter_context(places_of(setting, world))
        ranks = {"ours": Ranks([sys.executable, RANK, "ours"], places)}
        stack.callback(ranks["ours"].kill)
        if options.peer_python and "gloo" in ways:
            ranks["gloo"] = Ranks([options.peer_python, RANK, "gloo"], places)
            stack.callback(ranks["gloo"].kill)
        for group in ranks.values():
            group.connect(interface)
        for size in options.sizes:
            times = 200 if size <= 32 << 10 else 20 if size <= 1 << 20 else 1
            rounds = options.rounds if size < 400_000_000 else 1 + options.rounds // 2
            for _ in range(rounds):
                for way in ways:
                    group = ranks.get("gloo" if way == "gloo" else "ours")
                    if group is None:
                        continue
                    answers = group.ask(way=way, bytes=size // 4 * 4, times=times)
                    seconds = max(answer["seconds"] for answer in answers)
                    cpu = sum(answer["cpu"] for answer in answers) / world
                    found = best.setdefault((way, size), {"seconds": seconds, "cpu": cpu})
                    found["seconds"] = min(found["seconds"], seconds)
                    found["cpu"] = min(found["cpu"], cpu)
        for group in ranks.values():
            group.close()
    return [
        {
            "setting": setting,
            "ranks": world,
            "way": way,
            "bytes": size,
            "ms": round(found["seconds"] * 1e3, 4),
            "cpu_ms": round(found["cpu"] * 1e3, 4),
            **_share(best, way, size),
        }
        for (way, size), found in best.items()
    ]


def _share(best: dict[tuple[str, int], dict[str, float]], way: str, size: int) -> dict[str, float]:
    raw = best.get(("raw TCP", size))
    return (
        {} if raw is None else {"of_raw_tcp": round(raw["seconds"] / best[way, size]["seconds"], 3)}
    )


def summary(rows: Sequence[dict[str, Any]], sizes: Sequence[int]) -> list[dict[str, Any]]:
    """Milliseconds: one row for each way, one column for each size."""
    lines: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        line = lines.setdefault(
            (row["setting"], row["ranks"], row["way"]),
            {"setting": row["setting"], "ranks": row["ranks"], "way": row["way"]},
        )
        share = f" ({row['of_raw_tcp']:.2f})" if "of_raw_tcp" in row else ""
        line[f"{_name(row['bytes'])}, ms"] = f"{row['ms']:.3g}{share}"
        if row["bytes"] == 100_000_000:
            line["CPU ms for 100 MB"] = round(row["cpu_ms"])
    return list(lines.values())


def _name(size: int) -> str:
    if size % 1024 == 0:
        return f"{size >> 10} KB" if size < 1 << 20 else f"{size >> 20} MB"
    return f"{size // 10**6} MB"


def draw(figure: Any, rows: Sequence[dict[str, Any]]) -> None:
    """The rate at which bytes travel, for each setting and number of ranks."""
    panels = list(dict.fromkeys((row["setting"], row["ranks"]) for row in rows))
    columns = min(4, len(panels))
    grid = figure.subplots(-(-len(panels) // columns), columns, squeeze=False, sharey=True)
    for panel, axes in zip(panels, grid.flat, strict=False):
        setting, world = panel
        axes.set(title=f"{setting}, {world} ranks", xscale="log", yscale="log", xlabel="bytes")
        mine = [row for row in rows if (row["setting"], row["ranks"]) == panel]
        for way in dict.fromkeys(row["way"] for row in mine):
            line = [row for row in mine if row["way"] == way]
            rate = [2e-3 * (world - 1) / world * row["bytes"] / row["ms"] for row in line]
            axes.plot([row["bytes"] for row in line], rate, marker=".", label=way)
        axes.legend(fontsize="x-small")
        axes.grid(alpha=0.3)
    for axes in grid[:, 0]:
        axes.set_ylabel("MB/s that a ring sends")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, default=SETTINGS)
    parser.add_argument("--ranks", type=int, nargs="+", default=[2, 4])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="bytes")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer-python", help="an interpreter that has torch, for gloo")
    parser.add_argument("--output", type=Path, default=Path("build/benchmarks/exchange.json"))
    options = parser.parse_args()
    report = Report("exchange")
    if options.peer_python:
        found = [options.peer_python, "-c", "import torch; print(torch.__version__)"]
        torch = subprocess.run(found, capture_output=True, text=True, check=True).stdout.strip()
        report.about["versions"]["torch"] = torch
    for setting in options.settings:
        for world in options.ranks:
            try:
                report.rows += measure(setting, world, options)
            except PermissionError as error:
                print(f"left out: {setting}, {world} ranks: {error}", file=sys.stderr)
    report.write(options.output, shown=summary(report.rows, options.sizes))
    with report.picture(options.output, 16, 8) as figure:
        draw(figure, report.rows)


if __name__ == "__main__":
    main()
