"""The matrix product."""

from __future__ import annotations

import numpy as np

from bigdl_backend.graph.registry import primitive
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F
from bigdl_backend.primitives.rules import same_dtype, widened


def _matmul_shape(
    a: TensorSpec, b: TensorSpec, *, transpose_a: bool, transpose_b: bool
) -> TensorSpec:
    if a.ndim < 2 or b.ndim < 2:
        raise ValueError(f"matmul needs two axes or more, got {a.shape} and {b.shape}")
    dtype = same_dtype(a, b)
    rows, inner = a.shape[-2:][::-1] if transpose_a else a.shape[-2:]
    inner_b, columns = b.shape[-2:][::-1] if transpose_b else b.shape[-2:]
    if inner != inner_b:
        raise ValueError(
            f"matmul of {a.shape}{' transposed' if transpose_a else ''} and "
            f"{b.shape}{' transposed' if transpose_b else ''}: {inner} columns against {inner_b} rows"
        )
    if b.ndim != 2 and a.shape[:-2] != b.shape[:-2]:
        raise ValueError(f"matmul of {a.shape} and {b.shape}: the leading axes differ")
    return TensorSpec((*a.shape[:-2], rows, columns), dtype)


def _swap(x):
    return F.swapaxes(x, -1, -2)


def _matmul(a, b, transpose_a=False, transpose_b=False):
    return bind("matmul", a, b, transpose_a=transpose_a, transpose_b=transpose_b)


def _matmul_gradient(g, y, a, b, *, transpose_a, transpose_b):
    if b.ndim == 2 and a.ndim > 2:
        da = _matmul(g, b, transpose_b=not transpose_b)
        rows = F.reshape(_swap(a) if transpose_a else a, (-1, a.shape[-2 if transpose_a else -1]))
        g_rows = F.reshape(g, (-1, g.shape[-1]))
        db = (
            _matmul(g_rows, rows, transpose_a=True)
            if transpose_b
            else _matmul(rows, g_rows, transpose_a=True)
        )
        return _swap(da) if transpose_a else da, db
    if transpose_a:
        da = _matmul(b, g, transpose_a=transpose_b, transpose_b=True)
    else:
        da = _matmul(g, b, transpose_b=not transpose_b)
    if transpose_b:
        db = _matmul(g, a, transpose_a=True, transpose_b=transpose_a)
    else:
        db = _matmul(a, g, transpose_a=not transpose_a)
    return da, db


@primitive("matmul", shape=_matmul_shape, gradient=_matmul_gradient)
def matmul(a, b, *, transpose_a, transpose_b):
    """Matrix product over the last two axes; the leading axes are equal, or `b` is one matrix."""
    left = widened(a).swapaxes(-1, -2) if transpose_a else widened(a)
    right = widened(b).swapaxes(-1, -2) if transpose_b else widened(b)
    return np.matmul(left, right).astype(a.dtype)
