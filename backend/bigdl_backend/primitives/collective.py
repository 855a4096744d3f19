"""What workers compute together."""

from __future__ import annotations

import numpy as np

from bigdl_backend.graph.registry import primitive
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F


def _psum_shape(*xs: TensorSpec, order: int = 0) -> tuple[TensorSpec, ...]:
    return xs


def _psum_gradient(g, outputs, *xs, order=0):
    if len(xs) == 1:
        return (bind("psum", g),)
    return bind("psum", *(F.zeros_like(x) if h is None else h for h, x in zip(g, xs, strict=True)))


@primitive("psum", shape=_psum_shape, gradient=_psum_gradient)
def psum(*xs, order=0):
    """Each operand summed over all workers; the truth is that of a single worker.

    `order` is the place among the sums of a step, which all workers do in one order; passes set it.
    """
    copies = tuple(np.copy(x) for x in xs)
    return copies[0] if len(copies) == 1 else copies


def _psum_rows_shape(*operands: TensorSpec, order: int = 0) -> tuple[TensorSpec, ...]:
    tables, touched = operands[: len(operands) // 2], operands[len(operands) // 2 :]
    if len(tables) != len(touched) or any(rows.ndim != 1 for rows in touched):
        raise ValueError(f"every table needs the numbers of its rows, int32[n]: got {operands}")
    return tables


def _psum_rows_gradient(g, outputs, *operands, order=0):
    n = len(operands) // 2
    return (*_psum_gradient(g, outputs, *operands[:n]), *[None] * n)


@primitive("psum_rows", shape=_psum_rows_shape, gradient=_psum_rows_gradient)
def psum_rows(*operands, order=0):
    """Tables summed over all workers, of which a worker has few rows that are not zero.

    The operands are the tables, then for each of them int32[n], which names all rows that may not be zero, in
    any order and any number of times. `order` is that of `psum`; passes make this primitive.
    """
    return psum(*operands[: len(operands) // 2])
