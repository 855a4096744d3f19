"""From a concrete graph to steps over buffers: which code runs, in what order, on what memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from bigdl_backend.graph.aliases import is_alias, roots
from bigdl_backend.graph.arena import Lifetime, place
from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.rounds import is_sum
from bigdl_backend.graph.schedule import schedule
from bigdl_backend.graph.tensor import Tensor

# Makes the native kernel of a node, or None where NumPy must do. The second argument says for each output which
# input it would like to overwrite (-1: none).
KernelMaker = Callable[[Node, Sequence[int]], Any]

BufferKind = Literal["external", "constant", "arena"]


@dataclass
class Buffer:
    """Memory that holds one value at a time.

    Attributes:
        kind: "external": bound at every run; "constant": `array`, which outlives the plan (constants
            and state); "arena": at `offset` of the working memory.
        size: bytes.
        number: which external array.
        first: the step that writes it first (arena).
        last: the last step that uses it (arena).
    """

    kind: BufferKind
    size: int
    number: int = -1
    array: np.ndarray | None = None
    offset: int = -1
    first: int = -1
    last: int = -1


@dataclass
class Step:
    """A node on buffers; without a node, a copy of the first buffer to the second, or a wait.

    Attributes:
        kernel: the native code of the node; None: NumPy.
        spare: the second buffers of the carries of a loop.
        overlaps: a sum over workers that goes on during the next steps, until a step waits for it.
        awaited: the sum that this step waits for.
    """

    node: Node | None
    inputs: list[Buffer]
    outputs: list[Buffer]
    kernel: Any = None
    spare: list[Buffer] = field(default_factory=list)
    overlaps: bool = False
    awaited: Step | None = None

    def __str__(self) -> str:
        if self.node is None:
            return "copy" if self.awaited is None else "wait"
        return self.node.primitive


@dataclass
class Plan:
    """Steps in order, the buffers of the external arrays (inputs, then outputs), and the arena."""

    steps: list[Step]
    external: list[Buffer]
    arena: list[Buffer]
    arena_bytes: int


def make_plan(
    graph: Graph,
    kernel_of: KernelMaker,
    state: Sequence[np.ndarray] = (),
    new_state: Sequence[np.ndarray] = (),
) -> Plan:
    """Plan a concrete graph.

    A new state value is written straight over the old one where nothing reads that any more, and
    through a copy after the last step otherwise.

    Args:
        graph: its first inputs are the state, its last outputs the new state.
        kernel_of: the native kernel of a node, or None.
        state: the arrays of the state inputs.
        new_state: the arrays that take the new state; the same objects where a variable is updated.
    """
    return _Planner(graph, kernel_of, state, new_state).plan()


class _Planner:
    def __init__(
        self,
        graph: Graph,
        kernel_of: KernelMaker,
        state: Sequence[np.ndarray],
        new_state: Sequence[np.ndarray],
    ) -> None:
        self.graph = graph
        self.users = graph.outputs[: len(graph.outputs) - len(new_state)]
        news = graph.outputs[len(self.users) :]
        # The input that reads an array of the state.
        self.reader = {
            id(array): tensor for array, tensor in zip(state, graph.inputs, strict=False)
        }
        updates = [
            (self.reader[id(array)], new)
            for array, new in zip(new_state, news, strict=True)
            if id(array) in self.reader
        ]
        self.order = [node for node in schedule(graph, updates) if not is_alias(node)]
        self.root = roots([*graph.inputs, *graph.constants], graph.nodes)
        self.position = {node: i for i, node in enumerate(self.order)}
        self.last_use = self._last_uses()
        self.needed_at = {node: self._first_read(node) for node in self.order if is_sum(node)}
        old_of = {self.root[new]: old for old, new in updates}
        self.kernels = {node: kernel_of(node, self._wishes(node, old_of)) for node in self.order}

        self.buffer: dict[Tensor, Buffer] = {}  # of roots
        self.arena: list[Buffer] = []
        self.external: list[Buffer] = []
        self.before: list[Step] = []
        self.after: list[Step] = []
        self._bind_inputs(state)
        self._bind_outputs()
        self._bind_new_state(news, new_state)

    def plan(self) -> Plan:
        steps = self._steps()
        offsets, arena_bytes = place([Lifetime(b.size, b.first, b.last) for b in self.arena])
        for buffer, offset in zip(self.arena, offsets, strict=True):
            buffer.offset = offset
        return Plan([*self.before, *steps, *self.after], self.external, self.arena, arena_bytes)

    def _last_uses(self) -> dict[Tensor, int]:
        """The last position at which the bytes of a root are read."""
        last: dict[Tensor, int] = {}
        for i, node in enumerate(self.order):
            for tensor in node.inputs:
                last[self.root[tensor]] = i
        return last

    def _first_read(self, node: Node) -> int:
        """The position of the first node that reads what a sum over workers gives."""
        made = set(node.outputs)
        for i in range(self.position[node] + 1, len(self.order)):
            if any(self.root[tensor] in made for tensor in self.order[i].inputs):
                return i
        return len(self.order)

    def _in_flight(self, root: Tensor, position: int, but: Node) -> bool:
        """Whether a sum over workers, other than `but`, may still read a root when a node runs."""
        return any(
            until > position and any(self.root[tensor] is root for tensor in node.inputs)
            for node, until in self.needed_at.items()
            if node is not but
        )

    def _wishes(self, node: Node, old_of: dict[Tensor, Tensor]) -> list[int]:
        """For each output the input to overwrite: the old state, else a result that ends here."""
        wishes: list[int] = []
        operands = [self.root[tensor] for tensor in node.inputs]
        for out in node.outputs:
            old = old_of.get(out)
            found = -1
            for i, root in enumerate(operands):
                ends = root.node is not None and self.last_use[root] == self.position[node]
                if (
                    i in wishes
                    or root.dtype.itemsize != out.dtype.itemsize
                    or root.size != out.size
                ):
                    continue
                if root is old or (ends and old is None):
                    found = i
                    break
            wishes.append(found)
        return wishes

    def _bind_inputs(self, state: Sequence[np.ndarray]) -> None:
        for array, tensor in zip(state, self.graph.inputs, strict=False):
            self.buffer[tensor] = Buffer("constant", array.nbytes, array=array)
        for tensor in self.graph.inputs[len(state) :]:
            self.buffer[tensor] = self._external(tensor)
        for tensor, value in self.graph.constants.items():
            array = np.ascontiguousarray(value)
            self.buffer[tensor] = Buffer("constant", array.nbytes, array=array)

    def _bind_outputs(self) -> None:
        """Results are computed where the caller wants them; inputs and repeated results are copied there."""
        for tensor in self.users:
            root, target = self.root[tensor], self._external(tensor)
            if root.node is None:
                self.before.append(Step(None, [self.buffer[root]], [target]))
            elif root in self.buffer:
                self.after.append(Step(None, [self.buffer[root]], [target]))
            else:
                self.buffer[root] = target

    def _bind_new_state(self, news: Sequence[Tensor], new_state: Sequence[np.ndarray]) -> None:
        written = {id(array) for array in new_state}
        for new, array in zip(news, new_state, strict=True):
            root, old = self.root[new], self.reader.get(id(array))
            if root is old:
                continue
            target = (
                Buffer("constant", array.nbytes, array=array) if old is None else self.buffer[old]
            )
            if root.node is None:
                self._copy_later(root, target, written)
            elif root not in self.buffer and (old is None or self._may_overwrite(old, root)):
                self.buffer[root] = target
            else:
                if root not in self.buffer:
                    self.buffer[root] = self._new_arena(root, self.position[root.node])
                self._keep_until_the_end(self.buffer[root])
                self.after.append(Step(None, [self.buffer[root]], [target]))

    def _copy_later(self, source: Tensor, target: Buffer, written: set[int]) -> None:
        """An input or constant that becomes state; state that a step overwrites is saved first."""
        origin = self.buffer[source]
        if origin.array is not None and id(origin.array) in written:
            saved = self._new_arena(source, -1)
            self._keep_until_the_end(saved)
            self.before.append(Step(None, [origin], [saved]))
            origin = saved
        self.after.append(Step(None, [origin], [target]))

    def _may_overwrite(self, old: Tensor, new: Tensor) -> bool:
        node = new.node
        assert node is not None
        if self._in_flight(old, self.position[node], but=node):
            return False
        last = self.last_use.get(old, -1)
        if last != self.position[node]:
            return last < self.position[node]
        return any(root is old for root in self._replaceable(node, new.index))

    def _replaceable(self, node: Node, output: int) -> list[Tensor]:
        """The roots whose buffer this output may take over while the node runs."""
        if node.primitive == "scan":
            return []
        kernel = self.kernels[node]
        if kernel is None and not is_sum(node):
            # NumPy's only result is complete before it is copied; one of several might still be a view.
            single = len(node.outputs) == 1
            return list(dict.fromkeys(self.root[t] for t in node.inputs)) if single else []
        index = output if kernel is None else kernel.in_place(output)
        if index < 0:
            return []
        others = [self.root[t] for i, t in enumerate(node.inputs) if i != index]
        root = self.root[node.inputs[index]]
        return [] if any(other is root for other in others) else [root]

    def _steps(self) -> list[Step]:
        steps: list[Step] = []
        under_way: list[tuple[int, Step]] = []
        for i, node in enumerate(self.order):
            steps += [Step(None, [], [], awaited=s) for until, s in under_way if until == i]
            steps.append(self._step(i, node))
            if steps[-1].overlaps:
                under_way.append((self.needed_at[node], steps[-1]))
        end = len(self.order)
        return steps + [Step(None, [], [], awaited=s) for until, s in under_way if until == end]

    def _step(self, i: int, node: Node) -> Step:
        inputs = [self.buffer[self.root[tensor]] for tensor in node.inputs]
        outputs = [self._output_buffer(i, node, out) for out in node.outputs]
        spare = []
        if node.primitive == "scan":
            first = node.attrs["n_consts"]
            carries = node.inputs[first : first + node.attrs["n_carry"]]
            spare = [self._new_arena(tensor, i) for tensor in carries]
        until = self.needed_at.get(node, i)
        for buffer in (*inputs, *outputs, *spare):
            buffer.last = max(buffer.last, until)
        return Step(node, inputs, outputs, self.kernels[node], spare, overlaps=until > i + 1)

    def _output_buffer(self, i: int, node: Node, out: Tensor) -> Buffer:
        if out in self.buffer:
            return self.buffer[out]
        for root in self._replaceable(node, out.index):
            buffer = self.buffer[root]
            dies = self.last_use[root] == i and buffer.last < len(self.order)
            dies = dies and not self._in_flight(root, i, but=node)
            if dies and buffer.kind == "arena" and buffer.size == out.spec.nbytes:
                self.buffer[out] = buffer
                return buffer
        self.buffer[out] = self._new_arena(out, i)
        return self.buffer[out]

    def _external(self, tensor: Tensor) -> Buffer:
        self.external.append(Buffer("external", tensor.spec.nbytes, number=len(self.external)))
        return self.external[-1]

    def _new_arena(self, tensor: Tensor, first: int) -> Buffer:
        self.arena.append(Buffer("arena", tensor.spec.nbytes, first=first, last=first))
        return self.arena[-1]

    def _keep_until_the_end(self, buffer: Buffer) -> None:
        buffer.last = len(self.order)
