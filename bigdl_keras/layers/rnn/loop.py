"""Applying a cell to every step of a sequence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bigdl_keras import ops, tree

Step = Callable[[Any, list[Any]], tuple[Any, list[Any]]]


def run_over_time(
    step: Step,
    sequences: Any,
    states: Sequence[Any],
    mask: Any = None,
    go_backwards: bool = False,
    unroll: bool = False,
    zero_output_for_mask: bool = False,
) -> tuple[Any, Any, list[Any]]:
    """Run ``output, states = step(input, states)`` over axis 1 of `sequences`.

    A step that `mask` (bool ``(batch, time)``, or ``(batch, time, ...)`` of which one must be true) drops keeps the
    states, and repeats the first of them (of stacked cells, the first of the last cell) as its output, or gives zeros
    with `zero_output_for_mask`.

    Returns:
        The last output, all outputs ``(batch, time, ...)`` in the order of the steps, the last states.
    """
    by_time = [_swap(sequences)]
    if mask is not None:
        kept = ops.cast(mask, "bool")
        beyond = tuple(range(2, len(kept.shape)))
        by_time.append(_swap(ops.any(kept, axis=beyond) if beyond else kept))
    if go_backwards:
        by_time = [ops.flip(x, axis=0) for x in by_time]

    def one(carry: list[Any], inputs: Sequence[Any]) -> tuple[list[Any], Any]:
        output, new = step(inputs[0], carry)
        if len(inputs) == 2:
            kept = inputs[1]
            before = carry[-1][0] if tree.is_nested(carry[0]) else carry[0]
            output = _choose(
                kept, output, ops.zeros_like(output) if zero_output_for_mask else before
            )
            new = tree.map_structure(lambda a, b: _choose(kept, a, b), new, carry)
        return new, output

    if unroll:
        outputs = []
        last = list(states)
        for t in range(by_time[0].shape[0]):
            last, output = one(last, [x[t] for x in by_time])
            outputs.append(output)
        stacked = ops.stack(outputs)
    else:
        last, stacked = ops.scan(one, list(states), by_time)
    return stacked[-1], _swap(stacked), last


def _choose(kept: Any, new: Any, old: Any) -> Any:
    wide = ops.reshape(kept, (*ops.shape(kept)[:1], *(1,) * (len(new.shape) - 1)))
    return ops.where(wide, new, ops.cast(old, new.dtype))


def _swap(x: Any) -> Any:
    return ops.transpose(x, (1, 0, *range(2, len(x.shape))))
