"""The order in which nodes run."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from itertools import pairwise

from bigdl_backend.graph.aliases import is_alias
from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.rounds import is_sum
from bigdl_backend.graph.tensor import Tensor


def schedule(graph: Graph, updates: Sequence[tuple[Tensor, Tensor]] = ()) -> list[Node]:
    """The nodes of a concrete graph in an order that keeps few intermediate results alive.

    Nodes follow their traced order, except that a node which frees at least as much memory as it
    takes runs as soon as it can. So a weight is updated when its gradient is there, not at the end.
    A sum over workers starts as soon as it can, and what needs sums comes last, so that they travel
    while the rest is computed.

    Args:
        graph: without symbolic dimensions.
        updates: (state input, its new value) pairs. Where it is possible, the node that makes the new
            value runs after all readers of the old one, so that it can overwrite it.
    """
    position = {node: i for i, node in enumerate(graph.nodes)}
    readers = _readers(graph)
    followers: dict[Node, list[Node]] = {
        node: [reader for out in node.outputs for reader in readers[out]] for node in graph.nodes
    }
    _keep_sums_in_order(graph, followers)
    _let_readers_go_first(followers, readers, updates)
    waits = dict.fromkeys(graph.nodes, 0)
    for node in graph.nodes:
        for follower in followers[node]:
            waits[follower] += 1

    unscheduled = {tensor: set(nodes) for tensor, nodes in readers.items()}
    held = set(graph.inputs) | set(graph.constants) | set(graph.outputs)
    order: list[Node] = []
    ready: list[int] = []
    frees_memory: list[int] = []
    after_sums: list[tuple[int, int]] = []
    sums_before = _sums_before(graph)

    def offer(node: Node) -> None:
        if is_sum(node):
            heapq.heappush(frees_memory, position[node])
            return
        if sums_before[node]:
            heapq.heappush(after_sums, (sums_before[node], position[node]))
            return
        freed = sum(
            tensor.spec.nbytes
            for tensor in set(node.inputs)
            if tensor not in held and len(unscheduled[tensor]) == 1
        )
        taken = sum(out.spec.nbytes for out in node.outputs if out not in held)
        heapq.heappush(frees_memory if 0 < freed >= taken else ready, position[node])

    for node in graph.nodes:
        if waits[node] == 0:
            offer(node)
    done: set[Node] = set()
    while frees_memory or ready or after_sums:
        if frees_memory or ready:
            index = heapq.heappop(frees_memory or ready)
        else:
            _, index = heapq.heappop(after_sums)
        node = graph.nodes[index]
        if node in done:
            continue
        done.add(node)
        order.append(node)
        for follower in followers[node]:
            waits[follower] -= 1
            if waits[follower] == 0:
                offer(follower)
        for tensor in set(node.inputs):
            unscheduled[tensor].discard(node)
            if len(unscheduled[tensor]) == 1:
                (last,) = unscheduled[tensor]
                if waits[last] == 0:
                    offer(last)
    return order


def _sums_before(graph: Graph) -> dict[Node, int]:
    """For each node which sum over workers it has to wait for, counted from 1; 0: for none."""
    made: dict[Tensor, int] = {}
    found = {}
    for node in graph.nodes:
        found[node] = max((made.get(tensor, 0) for tensor in node.inputs), default=0)
        if is_sum(node):
            made.update(dict.fromkeys(node.outputs, 1 + node.attrs.get("order", 0)))
        else:
            made.update(dict.fromkeys(node.outputs, found[node]))
    return found


def _keep_sums_in_order(graph: Graph, followers: dict[Node, list[Node]]) -> None:
    """All workers must do the same sums in the same order, whatever the sizes of their batches."""
    sums = [node for node in graph.nodes if is_sum(node)]
    sums.sort(key=lambda node: node.attrs.get("order", 0))
    for earlier, later in pairwise(sums):
        followers[earlier].append(later)


def _readers(graph: Graph) -> dict[Tensor, list[Node]]:
    readers: dict[Tensor, list[Node]] = {t: [] for t in [*graph.inputs, *graph.constants]}
    for node in graph.nodes:
        for tensor in dict.fromkeys(node.inputs):
            readers[tensor].append(node)
        readers.update((out, []) for out in node.outputs)
    return readers


def _let_readers_go_first(
    followers: dict[Node, list[Node]],
    readers: Mapping[Tensor, list[Node]],
    updates: Sequence[tuple[Tensor, Tensor]],
) -> None:
    """Adds reader -> writer edges, except where they would close a circle."""
    for old, new in updates:
        writer = new.node
        while writer is not None and is_alias(writer):
            writer = writer.inputs[0].node
        if writer is None:
            continue
        after_writer = _reachable(followers, writer)
        for reader in _readers_of_bytes(old, readers):
            if reader not in after_writer:
                followers[reader].append(writer)


def _readers_of_bytes(tensor: Tensor, readers: Mapping[Tensor, list[Node]]) -> list[Node]:
    """The nodes that read a tensor, under whatever name."""
    found = []
    for node in readers[tensor]:
        found.append(node)
        if is_alias(node):
            found += _readers_of_bytes(node.outputs[0], readers)
    return found


def _reachable(followers: Mapping[Node, list[Node]], start: Node) -> set[Node]:
    found, stack = {start}, [start]
    while stack:
        for node in followers[stack.pop()]:
            if node not in found:
                found.add(node)
                stack.append(node)
    return found
