"""Joining elementwise nodes into one loop over the elements.

A joined node reads each operand once and writes only what others need, so memory traffic never grows.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.passes.elementwise import ELEMENTWISE
from bigdl_backend.graph.rewriter import Rewriter
from bigdl_backend.graph.rounds import rounds
from bigdl_backend.graph.tensor import Tensor

_MOST_OPS = 64
# Groups that are looked at before two are left apart; without a limit the time grows with the square of the nodes.
_MOST_VISITS = 60


def elementwise_fusion(graph: Graph, supported: Callable[[Node], bool] | None = None) -> Graph:
    """The graph with `fused_elementwise` in place of connected elementwise nodes of one shape.

    Args:
        graph: without symbolic dimensions.
        supported: which elementwise nodes may be joined; None: all.
    """
    clusters = _Clusters(graph, supported)
    for node in graph.nodes:
        clusters.join_producers(node)
    rewriter = Rewriter(graph)
    for members in clusters.in_order():
        if len(members) == 1:
            rewriter.keep(members[0])
        else:
            _emit(rewriter, graph, members, clusters.needed_outside(members))
    return rewriter.finish()


class _Clusters:
    """Nodes grouped so that the groups still form an acyclic graph."""

    def __init__(self, graph: Graph, supported: Callable[[Node], bool] | None) -> None:
        self.graph = graph
        self.index = {node: i for i, node in enumerate(graph.nodes)}
        self.members: dict[Node, list[Node]] = {node: [node] for node in graph.nodes}
        self.joinable = {
            node
            for node in graph.nodes
            if node.primitive in ELEMENTWISE and (supported is None or supported(node))
        }
        # By the first node of each group: the last position among its members and all they wait for.
        self.latest = dict(self.index)
        # Joining nodes before and after a sum over workers would make other sums wait for it.
        self.round = rounds(graph)
        self.readers: dict[Tensor, list[Node]] = {}
        for node in graph.nodes:
            for tensor in node.inputs:
                self.readers.setdefault(tensor, []).append(node)

    def join_producers(self, node: Node) -> None:
        """Join the node with the groups that make its operands, where shapes agree."""
        if node not in self.joinable:
            return
        for tensor in node.inputs:
            producer = tensor.node
            if (
                producer in self.joinable
                and tensor.shape == node.outputs[0].shape
                and self.round[producer] == self.round[node]
                and self.members[producer] is not self.members[node]
                and len(self.members[producer]) + len(self.members[node]) <= _MOST_OPS
                # No path leads the other way: it would go on to the node, whose group it would not have joined.
                and not self._indirect(self.members[producer], self.members[node])
            ):
                self._join(self.members[producer], self.members[node])

    def _join(self, source: list[Node], target: list[Node]) -> None:
        """Make two groups one, unless very many others come after them."""
        joined = sorted(source + target, key=self.index.__getitem__)
        latest = max(self.latest[source[0]], self.latest[target[0]])
        raised = {id(source): source, id(target): target}
        stack = [joined]
        while stack:
            for follower in self._followers(stack.pop()):
                if id(follower) not in raised and self.latest[follower[0]] < latest:
                    raised[id(follower)] = follower
                    stack.append(follower)
                    if len(raised) > _MOST_VISITS:
                        return
        for group in raised.values():
            self.latest[group[0]] = latest
        for member in joined:
            self.members[member] = joined
        self.latest[joined[0]] = latest

    def _followers(self, group: list[Node]) -> Iterator[list[Node]]:
        """The groups that read from `group` directly, some of them several times."""
        for member in group:
            for out in member.outputs:
                for reader in self.readers.get(out, ()):
                    yield self.members[reader]

    def _producers(self, members: list[Node]) -> list[list[Node]]:
        """The groups that `members` read from directly."""
        found: dict[int, list[Node]] = {}
        for member in members:
            for tensor in member.inputs:
                if tensor.node is not None:
                    group = self.members[tensor.node]
                    if group is not members:
                        found[id(group)] = group
        return list(found.values())

    def _indirect(self, source: list[Node], target: list[Node]) -> bool:
        """Whether a path leads from `source` to `target` through a third group, or one may: the search is bounded."""
        if not self._is_read_elsewhere(source, target):
            return False
        begin = self.index[source[0]]
        stack = [group for group in self._producers(target) if group is not source]
        seen = {id(group) for group in stack}
        while stack:
            group = stack.pop()
            if self.latest[group[0]] < begin:  # it waits only for nodes before the source: no path
                continue
            for earlier in self._producers(group):
                if earlier is source:
                    return True
                if id(earlier) not in seen and earlier is not target:
                    seen.add(id(earlier))
                    stack.append(earlier)
            if len(seen) > _MOST_VISITS:
                return True
        return False

    def _is_read_elsewhere(self, source: list[Node], target: list[Node]) -> bool:
        """Whether a third group reads directly from `source`."""
        return any(
            follower is not target and follower is not source
            for follower in self._followers(source)
        )

    def in_order(self) -> list[list[Node]]:
        """All groups, producers first."""
        groups = {id(group): group for group in self.members.values()}
        waits = {key: self._producers(group) for key, group in groups.items()}
        followers: dict[int, list[int]] = {key: [] for key in groups}
        for key, producers in waits.items():
            for producer in producers:
                followers[id(producer)].append(key)
        count = {key: len(producers) for key, producers in waits.items()}
        ready = [(self.index[groups[key][-1]], key) for key, n in count.items() if n == 0]
        heapq.heapify(ready)
        order = []
        while ready:
            _, key = heapq.heappop(ready)
            order.append(groups[key])
            for follower in followers[key]:
                count[follower] -= 1
                if count[follower] == 0:
                    heapq.heappush(ready, (self.index[groups[follower][-1]], follower))
        return order

    def needed_outside(self, members: list[Node]) -> list[Tensor]:
        """The results of a group that other nodes or the graph's outputs read."""
        outputs = set(self.graph.outputs)
        return [
            out
            for member in members
            for out in member.outputs
            if out in outputs
            or any(self.members[reader] is not members for reader in self.readers.get(out, ()))
        ]


def _emit(
    rewriter: Rewriter, graph: Graph, members: Sequence[Node], results: Sequence[Tensor]
) -> None:
    """Adds the members as one node that gives `results`."""
    inside = {member.outputs[0] for member in members}
    operands = dict.fromkeys(t for member in members for t in member.inputs if t not in inside)
    scalars = {t: graph.constants[t] for t in operands if _is_scalar(graph.constants.get(t))}
    inputs = [tensor for tensor in operands if tensor not in scalars]
    register = {tensor: i for i, tensor in enumerate([*inputs, *scalars])}
    for member in members:
        register[member.outputs[0]] = len(register)
    args: list[int] = []
    for member in members:
        numbers = [register[tensor] for tensor in member.inputs]
        args += [*numbers, *[-1] * (3 - len(numbers))]
    attrs: dict[str, Any] = {
        "ops": tuple(member.primitive for member in members),
        "args": tuple(args),
        "dtypes": tuple(member.outputs[0].dtype.name for member in members),
        "results": tuple(register[tensor] for tensor in results),
    }
    if scalars:
        attrs["scalars"] = tuple(float(value.item()) for value in scalars.values())
        attrs["scalar_dtypes"] = tuple(tensor.dtype.name for tensor in scalars)
    outputs = rewriter.add("fused_elementwise", [rewriter[t] for t in inputs], attrs)
    for old, new in zip(results, outputs, strict=True):
        rewriter.equate(old, new)


def _is_scalar(value: np.ndarray | None) -> bool:
    """Whether a constant is one number that a Python float holds exactly (NaN goes as an operand)."""
    return value is not None and value.ndim == 0 and float(value) == value.item()
