"""What the driver wants to know of every worker's process before it may take part in a training."""

from __future__ import annotations

import logging
import platform
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from bigdl_backend.graph.program import StepGraph
from bigdl_backend.graph.trace import resolve_dims
from bigdl_backend.spark.ingest import DataSet
from bigdl_backend.spark.memory import in_words, memory
from bigdl_backend.spark.storage import local_folder
from bigdl_backend.version import __version__

_LOG = logging.getLogger("bigdl_keras.spark")
# What x86-64-v4, v3 and v2 add, as Linux names it.
_LEVELS = {
    "x86-64-v4": {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"},
    "x86-64-v3": {"avx2", "bmi1", "bmi2", "fma", "movbe"},
    "x86-64-v2": {"sse4_1", "sse4_2", "ssse3", "popcnt"},
}


def facts() -> dict[str, Any]:
    """Versions, instruction set, memory and disk of this process, as JSON; runs a kernel."""
    now, folder = memory(), local_folder() or tempfile.gettempdir()
    return {
        "versions": {
            "Python": _short(platform.python_version()),
            "numpy": _short(np.__version__),
            "pyarrow": _short(_installed("pyarrow")),
            "bigdl_keras": __version__,
        },
        "instructions": instruction_set(),
        "kernels": _kernel_trouble(),
        "free": now.free,
        "limit": now.limit,
        "limited_by": now.limited_by,
        "folder": folder,
        "disk": shutil.disk_usage(folder).free,
    }


def instruction_set() -> str:
    """The best level of x86-64 that kernels can use here."""
    text = Path("/proc/cpuinfo").read_text()
    flags = set(text.partition("\nflags")[2].partition("\n")[0].split())
    return next((level for level, needed in _LEVELS.items() if needed <= flags), "x86-64")


@dataclass(frozen=True)
class Needs:
    """Bytes that a worker takes.

    Attributes:
        model: the state, and the copy that recovery starts from.
        step: working memory of a step and its batch, at most.
        rows: of its share of the data.
        files: whether rows that find no room in memory may lie in files.
        budget: bytes of memory for rows, where the user has set it.
    """

    model: int
    step: int
    rows: int
    files: bool
    budget: int | None = None


@dataclass(frozen=True)
class Preflight:
    """Refuses workers that could not do what the others do.

    Args:
        driver: `facts` of the driver's process.
        needs: of each worker.
        workers_a_host: how many share the memory of a machine.
    """

    driver: Mapping[str, Any]
    needs: Needs
    workers_a_host: int

    def objection(self, worker: str, found: Mapping[str, Any]) -> str:
        """Why the worker with this description and these facts cannot take part; "" when it can."""
        ours, theirs = self.driver["versions"], found["versions"]
        other = [name for name in ours if ours[name] != theirs.get(name)]
        if other:
            there = ", ".join(f"{name} {theirs.get(name)}" for name in other)
            here = ", ".join(f"{name} {ours[name]}" for name in other)
            return (
                f"{worker} runs {there}, the driver {here}: install the same on all machines, or ship an environment "
                "with --archives"
            )
        if found["kernels"]:
            return (
                f"the native library of {worker} does not compute on its processor "
                f"({found['instructions']}): {found['kernels']}"
            )
        return self._no_room(worker, found)

    def _no_room(self, worker: str, found: Mapping[str, Any]) -> str:
        needs, free = self.needs, found["free"]
        room = (
            f"{in_words(free)} of the {in_words(found['limit'])} of {found['limited_by']} are free"
        )
        mend = "give executors more memory, or start fewer of them on a machine"
        if needs.model > free or needs.model * self.workers_a_host > found["limit"]:
            return (
                f"{worker} needs at least {in_words(needs.model)} for the model, its optimizer and a copy of both, "
                f"and {room}: {mend}"
            )
        # Half of what is free is for rows, see `storage.memory_budget`.
        budget = free // self.workers_a_host // 2 if needs.budget is None else needs.budget
        if needs.rows > budget:
            if needs.budget is not None:
                room = f"memory_budget is {in_words(budget)}"
            if not needs.files:
                return (
                    f"{worker} has {in_words(needs.rows)} of rows, and {room}. They would go to files, which "
                    f"spark.io.encryption.enabled forbids, as ours are not encrypted: {mend}, or take more workers"
                )
            if needs.rows > found["disk"]:
                return (
                    f"{worker} has {in_words(needs.rows)} of rows, {room}, and {in_words(found['disk'])} are free on "
                    f"the disk of {found['folder']!r}: free space there, name a larger folder in spark.local.dir, "
                    f"{mend}, or take more workers"
                )
        if needs.model + needs.step > free:
            _LOG.warning(
                "%s may run out of memory: it takes up to %s for a step besides %s for the model, and %s",
                *(worker, in_words(needs.step), in_words(needs.model), room),
            )
        return ""


def needs_of(
    step: StepGraph,
    state: int,
    batch: int,
    datasets: tuple[DataSet, ...],
    workers: int,
    files: bool,
    budget: int | None = None,
) -> Needs:
    """What each of `workers` workers takes.

    Args:
        step: the training step.
        state: bytes of the program's state.
        batch: rows of a step on all workers.
        datasets: the training rows first.
        workers: how many there are.
        files: see `Needs`.
        budget: see `Needs`.
    """
    own = -(-batch // workers)
    rows = sum(
        -(-data.rows // workers) * field.row_bytes for data in datasets for field in data.fields
    )
    given = sum(prod(field.shape) * np.dtype(field.dtype).itemsize for field in datasets[0].fields)
    return Needs(2 * state, own * given + _working(step, own, datasets[0]), rows, files, budget)


def _working(step: StepGraph, rows: int, data: DataSet) -> int:
    """The most bytes that values of a step take at once, each in memory of its own from first to last use."""
    sizes: dict[str, int] = {}
    for tensor, field in zip(step.batch_tensors, data.fields, strict=True):
        resolve_dims(tensor.spec, (rows, *field.shape), sizes)
    nodes = step.graph.nodes
    last = {tensor: place for place, node in enumerate(nodes) for tensor in node.inputs}
    taken, most = 0, 0
    leaving: dict[int, int] = {}
    for place, node in enumerate(nodes):
        made = [(out, out.spec.concrete(sizes).nbytes) for out in node.outputs]
        taken += sum(size for _, size in made)
        most = max(most, taken)
        for out, size in made:
            end = last.get(out, place)
            leaving[end] = leaving.get(end, 0) + size
        taken -= leaving.pop(place, 0)
    return most


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"


def _short(release: str) -> str:
    return ".".join(release.split(".")[:2])


def _kernel_trouble() -> str:
    from bigdl_native import make_kernel

    a = np.arange(12, dtype="float32").reshape(3, 4)
    found = np.empty((3, 3), "float32")
    spec = ("float32", (3, 4))
    attrs = {"transpose_a": False, "transpose_b": True}
    kernel = make_kernel("matmul", [spec, spec], [("float32", (3, 3))], attrs)
    if kernel is None:
        return "it has no kernel for matmul"
    kernel.run([a, a], [found], 1)
    return "" if np.allclose(found, a @ a.T) else f"3 x 4 times 4 x 3 gave {found.tolist()}"
