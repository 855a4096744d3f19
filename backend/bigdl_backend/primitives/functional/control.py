"""Loops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bigdl_backend.graph.dims import DimLike
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import bind, trace
from bigdl_backend.primitives.functional.values import Value, as_value, cast

Step = Callable[[list[Any], list[Any]], tuple[Sequence[Any], Sequence[Any]]]


def scan(
    step: Step,
    carries: Sequence[Value],
    xs: Sequence[Value],
    length: DimLike | None = None,
    reverse: bool = False,
) -> tuple[list[Any], list[Any]]:
    """``carries, ys = step(carries, slices)`` for every slice of `xs` along their first axis.

    `step` is traced once; tensors of the surrounding trace may be used inside.

    Args:
        step: takes the list of carries and the list of slices, returns the new carries (of the same
            shapes; they take the dtypes of the first ones) and what to collect.
        carries: the state before the first step.
        xs: tensors with one common first size; may be empty if `length` is given.
        length: number of steps, by default the first size of `xs`.
        reverse: go from the last slice to the first.

    Returns:
        The last carries, and each of the ys stacked along a new first axis (in the order of `xs`).
    """
    carries, xs = [as_value(c) for c in carries], [as_value(x) for x in xs]
    if length is None:
        if not xs:
            raise ValueError("a scan over nothing needs a length")
        length = xs[0].shape[0]
    specs = [TensorSpec(tuple(c.shape), c.dtype) for c in carries]
    specs += [TensorSpec(tuple(x.shape[1:]), x.dtype) for x in xs]

    def body_function(*inputs: Any) -> list[Any]:
        new, ys = step(list(inputs[: len(carries)]), list(inputs[len(carries) :]))
        if len(new) != len(carries):
            raise ValueError(f"a scan of {len(carries)} carries got {len(new)} back from a step")
        kept = [cast(c, old.dtype) for c, old in zip(new, carries, strict=True)]
        return [*kept, *(as_value(y) for y in ys)]

    body = trace(body_function, specs)
    outer = list(body.captures)
    # The loop's order of inputs: what stays the same first.
    body.inputs = [body.captures[tensor] for tensor in outer] + body.inputs[: len(specs)]
    results = bind(
        "scan",
        *outer,
        *carries,
        *xs,
        body=body,
        n_consts=len(outer),
        n_carry=len(carries),
        length=length,
        reverse=reverse,
    )
    if len(body.outputs) == 1:
        results = (results,)
    return list(results[: len(carries)]), list(results[len(carries) :])
