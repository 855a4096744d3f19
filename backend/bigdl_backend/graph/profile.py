"""What a step does: its kernels one by one, and its memory."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from time import perf_counter
from typing import Any

import numpy as np

from bigdl_backend.graph.cost import flops, is_product, product_flops, traffic
from bigdl_backend.graph.executable import Executable
from bigdl_backend.graph.passes.dead_code import dead_code
from bigdl_backend.graph.peak import product_peak
from bigdl_backend.graph.plan import Plan, Step
from bigdl_backend.graph.program import StepGraph
from bigdl_backend.graph.rounds import is_sum
from bigdl_backend.graph.specialise import specialise
from bigdl_backend.graph.tensor import Tensor
from bigdl_backend.graph.trace import resolve_dims

_SLOWEST = 12  # kernels that are shown one by one
_WIDEST = 90  # characters of such a kernel


@dataclass(frozen=True)
class KernelTime:
    """One kernel in one run of a step.

    Attributes:
        name: its primitive; "copy" or "wait" for steps of the plan that are none. "(NumPy)" follows
            where no native code runs it.
        shapes: dtypes and shapes of operands and results.
        seconds: how long it took, at its fastest.
        flops: its arithmetic operations.
        bytes: what it must at least read and write.
        is_product: whether its arithmetic is in products of matrices.
    """

    name: str
    shapes: str
    seconds: float
    flops: int
    bytes: int
    is_product: bool


@dataclass(frozen=True)
class Memory:
    """Bytes that a step works on.

    Attributes:
        arena: working memory: one block in which values share places once they are not needed.
        without_reuse: what the values of the arena would need each for itself.
        state: variables that the step reads or writes.
        constants: arrays that belong to the plan.
        batch: inputs and outputs of the step.
    """

    arena: int
    without_reuse: int
    state: int
    constants: int
    batch: int


@dataclass(frozen=True)
class Profile:
    """The fastest of several runs of a step, and its kernels; `print` shows it.

    Attributes:
        step: "train" or "predict".
        seconds: how long the fastest run took, from arrays to arrays.
        outside: how much of a run, at least, was on the way into the step and out of it.
        kernels: in the order in which they ran, each with the least that it took in any run: what
            other programs took from one run is not told as a kernel's own.
        memory: what it worked on.
        product_flops: operations in the products of matrices that the model asks for.
        peak: the best rate of the float32 matrix product on as many threads, measured after every run, in
            operations a second.
        threads: threads of a kernel.
    """

    step: str
    seconds: float
    outside: float
    kernels: tuple[KernelTime, ...]
    memory: Memory
    product_flops: int
    peak: float
    threads: int

    @property
    def kernel_seconds(self) -> float:
        """Seconds of all kernels."""
        return sum(kernel.seconds for kernel in self.kernels)

    @property
    def share_of_peak(self) -> float:
        """The rate of the products of matrices over the whole run, as a share of `peak`."""
        return self.product_flops / self.seconds / self.peak

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the kernels, one after the other, as a Chrome trace: for chrome://tracing, Perfetto and the like."""
        events: list[dict[str, Any]] = []
        start = 0.0
        for kernel in self.kernels:
            event = {"name": kernel.name, "ph": "X", "pid": 0, "tid": 0, "ts": 1e6 * start}
            details = {"shapes": kernel.shapes, "flops": kernel.flops, "bytes": kernel.bytes}
            events.append({**event, "dur": 1e6 * kernel.seconds, "args": details})
            start += kernel.seconds
        with open(path, "w") as file:
            json.dump({"traceEvents": events, "displayTimeUnit": "ms"}, file)

    def __str__(self) -> str:
        lines = [
            f"{self.step} step: {_milliseconds(self.seconds)} on {self.threads} thread(s), "
            f"{_milliseconds(self.outside)} of it outside kernels",
            f"products of matrices: {self.product_flops / 1e9:.4g} GFLOP, {self.share_of_peak:.1%} of "
            f"the matrix product's {self.peak / 1e9:.1f} GFLOP/s",
            "",
            *self._table("kernel", lambda kernel: kernel.name),
            "",
            *self._table(
                "slowest", lambda kernel: _short(f"{kernel.name} {kernel.shapes}"), _SLOWEST
            ),
            "",
            f"memory: arena {_megabytes(self.memory.arena)} ({_megabytes(self.memory.without_reuse)} "
            f"without reuse), state {_megabytes(self.memory.state)}, constants "
            f"{_megabytes(self.memory.constants)}, batch {_megabytes(self.memory.batch)}",
        ]
        return "\n".join(lines)

    __repr__ = __str__

    def _table(
        self, title: str, key: Callable[[KernelTime], str], most: int | None = None
    ) -> list[str]:
        """A line for every kind of kernels, the slowest kind first."""
        kinds = [list(kind) for _, kind in groupby(sorted(self.kernels, key=key), key)]
        kinds.sort(key=lambda kind: -sum(kernel.seconds for kernel in kind))
        rows = [self._row(key(kind[0]), kind) for kind in kinds[:most]]
        width = max(map(len, [title, *(name for name, _ in rows)]))
        head = f"{'count':>6}{'ms':>10}{'% step':>8}{'GFLOP/s':>9}{'GB/s':>7}{'% peak':>8}"
        return [f"{title:{width}}{head}", *(f"{name:{width}}{rest}" for name, rest in rows)]

    def _row(self, name: str, kernels: Sequence[KernelTime]) -> tuple[str, str]:
        seconds = sum(kernel.seconds for kernel in kernels)
        rate = sum(kernel.flops for kernel in kernels) / max(seconds, 1e-9)
        bandwidth = sum(kernel.bytes for kernel in kernels) / max(seconds, 1e-9)
        peak = f"{rate / self.peak:8.1%}" if kernels[0].is_product else " " * 8
        share = seconds / max(self.kernel_seconds, 1e-9)
        return name, (
            f"{len(kernels):6}{1e3 * seconds:10.3f}{share:8.1%}{rate / 1e9:9.1f}"
            f"{bandwidth / 1e9:7.1f}{peak}"
        )


def profile_engine(
    engine: Executable,
    name: str,
    step: StepGraph,
    arrays: Sequence[np.ndarray],
    repeat: int,
) -> Profile:
    """What several runs of a prepared step take. State is updated by each of them.

    Args:
        engine: runs `step` on `arrays`.
        name: of the step.
        step: whose products of matrices are counted, as it was traced: kernels may compute some twice.
        arrays: batch and special inputs.
        repeat: runs.
    """
    if repeat < 1:
        raise ValueError(f"repeat is {repeat}: at least one run must be measured")
    engine.profile(True)
    fastest = outside = float("inf")
    times = np.full(len(engine.plan.steps), np.inf)
    peak = 0.0
    for _ in range(repeat):
        before = np.array([seconds for _, seconds in engine.seconds()])
        start = perf_counter()
        engine.run(arrays)
        total = perf_counter() - start
        run = np.array([seconds for _, seconds in engine.seconds()]) - before
        fastest, outside = min(fastest, total), min(outside, total - run.sum())
        times = np.minimum(times, run)
        peak = max(peak, product_peak(engine.threads))
    sizes: dict[str, int] = {}
    for tensor, array in zip((*step.batch_tensors, *step.special_tensors), arrays, strict=True):
        resolve_dims(tensor.spec, array.shape, sizes)
    asked = dead_code(specialise(step.graph, sizes))
    return Profile(
        name,
        fastest,
        float(outside),
        tuple(map(_kernel_time, engine.plan.steps, times.tolist())),
        _memory(engine.plan, step),
        sum(map(product_flops, asked.nodes)),
        peak,
        engine.threads,
    )


def _kernel_time(step: Step, seconds: float) -> KernelTime:
    node = step.node
    if node is None:
        size = sum(buffer.size for buffer in (*step.inputs, *step.outputs))
        return KernelTime(str(step), f"{size // 2} bytes", seconds, 0, size, False)
    native = step.kernel is not None or node.primitive == "scan" or is_sum(node)
    shapes = (" ".join(map(_brief, tensors)) for tensors in (node.inputs, node.outputs))
    return KernelTime(
        node.primitive if native else f"{node.primitive} (NumPy)",
        " -> ".join(shapes),
        seconds,
        flops(node),
        traffic(node),
        is_product(node),
    )


def _memory(plan: Plan, step: StepGraph) -> Memory:
    fixed = {
        id(buffer.array): buffer.size
        for planned in plan.steps
        for buffer in (*planned.inputs, *planned.outputs)
        if buffer.array is not None
    }
    tensors = dict(zip(step.state_in, step.graph.inputs, strict=False))
    tensors.update(zip(step.state_out, step.graph.outputs[len(step.outputs) :], strict=True))
    state = sum(tensor.spec.nbytes for tensor in tensors.values())
    return Memory(
        plan.arena_bytes,
        sum(buffer.size for buffer in plan.arena),
        state,
        max(0, sum(fixed.values()) - state),
        sum(buffer.size for buffer in plan.external),
    )


def _brief(tensor: Tensor) -> str:
    """A spec in few characters: f32[128,784]."""
    name = tensor.dtype.name.replace("float", "f").replace("int", "i")
    return f"{name}[{','.join(map(str, tensor.shape))}]"


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _milliseconds(seconds: float) -> str:
    return f"{1e3 * seconds:.3f} ms"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
