"""Gradients of fused primitives through the simple ones that they stand for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bigdl_backend.graph.gradient import vjp
from bigdl_backend.graph.trace import bind


def through_composition(
    function: Callable[..., Any], inputs: Sequence[Any], cotangents: Sequence[Any]
) -> tuple[Any, ...]:
    """The cotangents of `inputs` through ``function``, written in simple primitives.

    Fresh names for the inputs keep the paths between them (a mean depends on x) out of it.
    """
    fresh = [bind("reshape", x, shape=x.shape) for x in inputs]
    pairs = [
        (output, g) for output, g in zip(function(*fresh), cotangents, strict=True) if g is not None
    ]
    return tuple(vjp([output for output, _ in pairs], [g for _, g in pairs], fresh))
