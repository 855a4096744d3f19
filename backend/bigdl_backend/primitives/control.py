"""The loop: a body graph applied along the first axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_backend.graph.dims import DimLike
from bigdl_backend.graph.gradient import is_differentiable, vjp
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.registry import primitive
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.tensor import Tensor
from bigdl_backend.graph.trace import bind, current_graph, evaluate, resolve_dims
from bigdl_backend.primitives import functional as F
from bigdl_backend.primitives.functional.control import scan as functional_scan


def _scan_shape(
    *operands: TensorSpec, body: Graph, n_consts: int, n_carry: int, length: DimLike, reverse: bool
) -> tuple[TensorSpec, ...]:
    carries = operands[n_consts : n_consts + n_carry]
    made = [tensor.spec for tensor in body.outputs]
    if all(spec.is_static for spec in operands) and isinstance(length, int):
        # A body that was traced with symbolic sizes, in a loop whose sizes are known.
        slices = [x.with_shape(x.shape[1:]) for x in operands[n_consts + n_carry :]]
        sizes: dict[str, int] = {}
        seen = (*operands[: n_consts + n_carry], *slices)
        for tensor, spec in zip(body.inputs, seen, strict=True):
            resolve_dims(tensor.spec, [int(dim) for dim in spec.shape], sizes)
        made = [spec.concrete(sizes) for spec in made]
    for before, after in zip(carries, made[:n_carry], strict=True):
        if before != after:
            raise ValueError(
                f"a scan starts with the state {before} but a step gives {after}: they must be equal"
            )
    for x in operands[n_consts + n_carry :]:
        if not x.shape or x.shape[0] != length:
            raise ValueError(f"a scan of length {length} over a tensor of shape {x.shape}")
    return (*carries, *(y.with_shape((length, *y.shape)) for y in made[n_carry:]))


def _replay(body: Graph, inputs: tuple[Any, ...]) -> list[Any]:
    """The outputs of `body` recorded once more on other inputs."""
    values: dict[Tensor, Any] = dict(body.constants)
    values.update(zip(body.inputs, inputs, strict=True))
    for node in body.nodes:
        results = bind(node.primitive, *(values[t] for t in node.inputs), **node.attrs)
        values.update(
            zip(node.outputs, results if len(node.outputs) > 1 else (results,), strict=True)
        )
    return [values[tensor] for tensor in body.outputs]


def _carries_before_each_step(body, consts, carries, xs, ys, length, reverse):
    """Every carry as it was before each step, stacked."""
    emitted = {tensor: i for i, tensor in enumerate(body.outputs[len(carries) :])}
    found = []
    for carry, made in zip(carries, body.outputs[: len(carries)], strict=True):
        if made not in emitted:
            break
        states, first = ys[emitted[made]], F.expand_dims(carry, 0)
        if reverse:
            found.append(F.concatenate([F.slice_axis(states, 0, 1, length), first], 0))
        else:
            found.append(F.concatenate([first, F.slice_axis(states, 0, 0, length - 1)], 0))
    else:
        return found

    def step(states, slices):
        return _replay(body, (*consts, *states, *slices))[: len(carries)], list(states)

    return functional_scan(step, carries, xs, length=length, reverse=reverse)[1]


def _scan_gradient(g, outputs, *operands, body, n_consts, n_carry, length, reverse):
    if body.custom_gradients:
        raise ValueError(
            "a function with a custom gradient was used inside a loop (`scan`, or a recurrent layer) and cannot be "
            "differentiated there: use it outside of the loop, or let the operations have their own gradients"
        )
    # A single output comes without its tuple.
    if isinstance(outputs, Tensor):
        g, outputs = (g,), (outputs,)
    consts = operands[:n_consts]
    carries = operands[n_consts : n_consts + n_carry]
    xs = operands[n_consts + n_carry :]
    smooth = [is_differentiable(x.dtype) for x in operands]
    before = _carries_before_each_step(
        body, consts, carries, xs, outputs[n_carry:], length, reverse
    )
    live_ys = [i for i in range(n_carry, len(outputs)) if g[i] is not None]
    live_carries = [i for i in range(n_carry) if smooth[n_consts + i]]
    live_consts = [i for i in range(n_consts) if smooth[i]]
    live_xs = [i for i in range(n_consts + n_carry, len(operands)) if smooth[i]]

    def step(state, slices):
        d_carries, d_consts = state[: len(live_carries)], state[len(live_carries) :]
        states, x_slices = slices[:n_carry], slices[n_carry : n_carry + len(xs)]
        d_ys = slices[n_carry + len(xs) :]
        graph = current_graph()
        assert graph is not None
        # vjp works within one graph: what the body sees of the outside becomes an input here.
        inputs = [*(graph.capture(const) for const in consts), *states, *x_slices]
        made = _replay(body, tuple(inputs))
        pairs = [
            (made[i], cotangent)
            for i, cotangent in zip([*live_carries, *live_ys], (*d_carries, *d_ys), strict=True)
            if isinstance(made[i], Tensor)
        ]
        sources = [inputs[n_consts + i] for i in live_carries]
        sources += [inputs[i] for i in (*live_consts, *live_xs)]
        if pairs:
            found = vjp([value for value, _ in pairs], [c for _, c in pairs], sources)
        else:
            found = [F.zeros_like(source) for source in sources]
        new_carries = found[: len(live_carries)]
        added = found[len(live_carries) : len(live_carries) + len(live_consts)]
        totals = [F.add(total, d) for total, d in zip(d_consts, added, strict=True)]
        return [*new_carries, *totals], found[len(live_carries) + len(live_consts) :]

    start = [F.zeros_like(carries[i]) if g[i] is None else g[i] for i in live_carries]
    start += [F.zeros_like(consts[i]) for i in live_consts]
    ends, stacked = functional_scan(
        step,
        start,
        [*before, *xs, *(g[i] for i in live_ys)],
        length=length,
        reverse=not reverse,
    )
    found: list[Any] = [None] * len(operands)
    for place, value in zip(
        [n_consts + i for i in live_carries] + live_consts + live_xs,
        [*ends, *stacked],
        strict=True,
    ):
        found[place] = value
    return tuple(found)


@primitive("scan", shape=_scan_shape, gradient=_scan_gradient)
def scan(*operands, body, n_consts, n_carry, length, reverse):
    """`body` applied `length` times: (consts, carries, a slice of each x) -> (carries, ys).

    Returns the last carries, then each y stacked along a new first axis. `reverse` goes from the last
    slice to the first; ys stay at the places of their slices.
    """
    consts, carries = operands[:n_consts], list(operands[n_consts : n_consts + n_carry])
    xs = operands[n_consts + n_carry :]
    n_ys = len(body.outputs) - n_carry
    ys: list[list[Any]] = [[None] * length for _ in range(n_ys)]
    for t in reversed(range(length)) if reverse else range(length):
        results = evaluate(body, [*consts, *carries, *(x[t] for x in xs)])
        carries = results[:n_carry]
        for stored, y in zip(ys, results[n_carry:], strict=True):
            stored[t] = y
    if length == 0:
        made = (np.empty((0, *y.shape), y.dtype) for y in body.outputs[n_carry:])
    else:
        made = (np.stack(stored) for stored in ys)
    outputs = (*carries, *made)
    return outputs if len(outputs) > 1 else outputs[0]
