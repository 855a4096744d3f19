"""Sorting; NaNs last, equal elements in their order."""

from __future__ import annotations

import numpy as np

from bigdl_backend.graph.registry import primitive
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F
from bigdl_backend.primitives.rules import same


def _sort_gradient(g, y, x, *, axis):
    order = bind("argsort", x, axis=axis)
    rank = bind("argsort", order, axis=axis)
    return (F.take_along_axis(g, rank, axis),)


@primitive("sort", shape=same, gradient=_sort_gradient)
def sort(x, *, axis):
    """`x` in ascending order along `axis`."""
    return np.sort(x, axis=axis, kind="stable")


@primitive("argsort", shape=lambda x, *, axis: x.with_dtype("int32"))
def argsort(x, *, axis):
    """The positions that sort `x` along `axis`."""
    return np.argsort(x, axis=axis, kind="stable").astype(np.int32)


def _top_k_shape(x: TensorSpec, *, k: int) -> tuple[TensorSpec, TensorSpec]:
    size = x.shape[-1]
    if isinstance(size, int) and k > size:
        raise ValueError(f"top_k asks for {k} of {size} elements")
    values = x.with_shape((*x.shape[:-1], k))
    return values, values.with_dtype("int32")


def _top_k_gradient(g, outputs, x, *, k):
    return (F.add_along_last_axis(F.zeros_like(x), outputs[1], g[0]),)


@primitive("top_k", shape=_top_k_shape, gradient=_top_k_gradient)
def top_k(x, *, k):
    """The `k` largest elements of the last axis in descending order, and their positions."""
    # A stable sort of the reversed axis, read backwards, keeps the first of equal elements first.
    backwards = np.argsort(x[..., ::-1], axis=-1, kind="stable")[..., ::-1][..., :k]
    indices = (x.shape[-1] - 1 - backwards).astype(np.int32)
    return np.take_along_axis(x, indices, axis=-1), indices


def _searchsorted_shape(line: TensorSpec, values: TensorSpec, *, side: str) -> TensorSpec:
    if line.ndim != 1 or line.dtype != values.dtype:
        raise ValueError(f"expected a vector and values of its dtype, got {line} and {values}")
    return values.with_dtype("int32")


@primitive("searchsorted", shape=_searchsorted_shape)
def searchsorted(line, values, *, side):
    """Where `values` belong in the sorted `line`: before (left) or after (right) equal elements."""
    return np.searchsorted(line, values, side=side).astype(np.int32)
