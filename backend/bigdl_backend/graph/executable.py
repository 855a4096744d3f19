"""A plan as one native call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
from bigdl_native._executable import Arena
from bigdl_native._executable import Executable as NativeExecutable

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.passes.elementwise import ELEMENTWISE
from bigdl_backend.graph.plan import Buffer, Plan, Step, make_plan
from bigdl_backend.graph.registry import find
from bigdl_backend.graph.rounds import is_sum
from bigdl_backend.graph.tensor import Tensor
from bigdl_native import make_kernel

PHASES = ("compute", "wait", "update", "exchange")


class Executable:
    """A concrete graph ready to run; see `make_plan` for the arguments on state.

    Args:
        graph: without symbolic dimensions.
        state: the arrays of its first inputs; they are read (and updated) where they are.
        new_state: the arrays that take its last outputs.
        threads: threads a kernel may use.
        collective: the exchange with the other workers; None: a world of one.
        arena: working memory, shared with executables that never run at the same time; None: its own.

    Attributes:
        plan: what runs.
        threads: threads a kernel may use.
    """

    def __init__(
        self,
        graph: Graph,
        state: Sequence[np.ndarray] = (),
        new_state: Sequence[np.ndarray] = (),
        threads: int = 1,
        collective: Any = None,
        arena: Arena | None = None,
    ) -> None:
        self.plan = make_plan(graph, partial(native_kernel, threads=threads), state, new_state)
        self.threads = threads
        self._collective = collective
        self._phases = list(_phases(self.plan))
        self._native = _build(self.plan, threads, arena)
        users = graph.outputs[: len(graph.outputs) - len(new_state)]
        self._outputs = [(tensor.shape, tensor.dtype) for tensor in users]

    def run(self, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The user outputs, as new arrays, for the inputs that are not state.

        Args:
            arrays: C-contiguous, of the shapes and dtypes of those inputs.
        """
        outputs = [np.empty(shape, dtype) for shape, dtype in self._outputs]
        self._native.run([*arrays, *outputs], self._collective)
        return outputs

    def profile(self, on: bool) -> None:
        """Whether runs measure every step from now on."""
        self._native.profile(on)

    def seconds(self) -> list[tuple[str, float]]:
        """Each step's name and the seconds spent in it while `profile` was on."""
        return list(zip(map(str, self.plan.steps), self._native.seconds(), strict=True))

    def phases(self) -> dict[str, float]:
        """Seconds of all runs while `profile` was on, by what they were for.

        "compute": until sums over workers are needed; "wait": for sums; "update": what follows from them;
        "exchange": sums under way, most of it during "compute".
        """
        total = dict.fromkeys(PHASES, 0.0)
        for phase, seconds in zip(self._phases, self._native.seconds(), strict=True):
            total[phase] += seconds
        total["exchange"] = self._native.exchange_seconds()
        return total


def _phases(plan: Plan) -> Iterator[str]:
    after: set[int] = set()  # buffers with values that follow from sums
    for step in plan.steps:
        adds_up = step.node is not None and is_sum(step.node)
        follows = adds_up or any(id(buffer) in after for buffer in step.inputs)
        for buffer in step.outputs:
            (after.add if follows else after.discard)(id(buffer))
        if step.awaited is not None or (adds_up and not step.overlaps):
            yield "wait"
        else:
            yield "update" if follows and not adds_up else "compute"


def native_kernel(node: Node, in_place: Sequence[int], threads: int) -> Any:
    """The native kernel of a node with concrete shapes, or None: then NumPy runs it."""
    if node.primitive == "scan" or is_sum(node):
        return None
    attrs = dict(node.attrs)
    if node.primitive == "fused_elementwise":
        attrs["in_place"] = tuple(in_place)
    return make_kernel(
        node.primitive,
        inputs=[_operand(tensor) for tensor in node.inputs],
        outputs=[_operand(tensor) for tensor in node.outputs],
        attrs=attrs,
        threads=threads,
    )


def has_kernel(node: Node) -> bool:
    """Whether native code knows a node with concrete shapes."""
    if node.primitive not in ELEMENTWISE:
        return native_kernel(node, (-1,) * len(node.outputs), threads=1) is not None
    dtypes = tuple(tensor.dtype.name for tensor in node.inputs)
    return _has_elementwise_kernel(node.primitive, dtypes, node.outputs[0].dtype.name)


@cache
def _has_elementwise_kernel(primitive: str, dtypes: tuple[str, ...], out: str) -> bool:
    return (
        make_kernel(
            primitive,
            inputs=[(dtype, (1,)) for dtype in dtypes],
            outputs=[(out, (1,))],
            attrs={"dtype": out} if primitive == "cast" else {},
            threads=1,
        )
        is not None
    )


def _build(plan: Plan, threads: int, arena: Arena | None = None) -> NativeExecutable:
    native = NativeExecutable([b.size for b in plan.external], plan.arena_bytes, threads, arena)
    slots: dict[int, int] = {id(buffer): buffer.number for buffer in plan.external}

    def slot(buffer: Buffer) -> int:
        if id(buffer) not in slots:
            slots[id(buffer)] = (
                native.arena_slot(buffer.offset)
                if buffer.array is None
                else native.constant_slot(buffer.array)
            )
        return slots[id(buffer)]

    sums: dict[int, int] = {}
    for step in plan.steps:
        inputs = [slot(buffer) for buffer in step.inputs]
        outputs = [slot(buffer) for buffer in step.outputs]
        if step.awaited is not None:
            native.add_wait(sums[id(step.awaited)])
        elif step.node is None:
            native.add_copy(inputs[0], outputs[0], step.inputs[0].size)
        elif step.kernel is not None:
            native.add_kernel(step.kernel, inputs, outputs)
        elif is_sum(step.node):
            sums[id(step)] = len(sums)
            _add_sum(native, step, inputs, outputs)
        elif step.node.primitive == "scan":
            _add_scan(native, step, inputs, outputs, [slot(b) for b in step.spare], threads)
        else:
            native.add_function(
                partial(find(step.node.primitive).truth, **step.node.attrs),
                [(tensor.dtype, tensor.shape) for tensor in step.node.inputs],
                [(tensor.dtype, tensor.shape) for tensor in step.node.outputs],
                inputs,
                outputs,
            )
    return native


def _add_sum(native: NativeExecutable, step: Step, inputs: list[int], outputs: list[int]) -> None:
    assert step.node is not None
    specs = [_operand(tensor) for tensor in step.node.outputs]
    if step.node.primitive == "psum":
        native.add_sum(specs, inputs, outputs, not step.overlaps)
        return
    touched = [tensor.size for tensor in step.node.inputs[len(specs) :]]
    native.add_row_sum(specs, touched, inputs, outputs, not step.overlaps)


def _add_scan(
    native: NativeExecutable,
    step: Step,
    inputs: list[int],
    outputs: list[int],
    spare: list[int],
    threads: int,
) -> None:
    assert step.node is not None
    attrs = step.node.attrs
    body: Graph = attrs["body"]
    constants, carries = attrs["n_consts"], attrs["n_carry"]
    native.add_scan(
        _build(make_plan(body, partial(native_kernel, threads=threads)), threads),
        constants,
        [tensor.spec.nbytes for tensor in body.outputs[:carries]],
        [tensor.spec.nbytes for tensor in body.inputs[constants + carries :]],
        [tensor.spec.nbytes for tensor in body.outputs[carries:]],
        attrs["length"],
        attrs["reverse"],
        inputs,
        outputs,
        spare,
    )


def _operand(tensor: Tensor) -> tuple[str, tuple[Any, ...]]:
    return tensor.dtype.name, tensor.shape
