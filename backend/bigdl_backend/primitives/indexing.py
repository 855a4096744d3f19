"""Primitives that read or write at positions known at run time."""

from __future__ import annotations

import numpy as np

from bigdl_backend.graph.dims import DimLike
from bigdl_backend.graph.registry import primitive
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F


def _gather_shape(x: TensorSpec, indices: TensorSpec, *, axis: int) -> TensorSpec:
    if not 0 <= axis < x.ndim:
        raise ValueError(f"axis {axis} is out of range for the shape {x.shape}")
    return x.with_shape((*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]))


def _gather_gradient(g, y, x, indices, *, axis):
    return bind("scatter_add", F.zeros_like(x), indices, g, axis=axis), None


@primitive("gather", shape=_gather_shape, gradient=_gather_gradient)
def gather(x, indices, *, axis):
    """The entries of `x` at `indices` (in range) along `axis`; the axes of `indices` take its place."""
    return np.take(x, indices, axis=axis)


def _scatter_add_gradient(g, y, x, indices, updates, *, axis):
    return g, None, bind("gather", g, indices, axis=axis)


@primitive(
    "scatter_add",
    shape=lambda x, indices, updates, *, axis: x,
    gradient=_scatter_add_gradient,
)
def scatter_add(x, indices, updates, *, axis):
    """`x` with `updates` (shaped like ``gather(x, indices)``) added at `indices`; repeats add up."""
    result = x.copy()
    np.add.at(result, (*(slice(None),) * axis, indices), updates)
    return result


def _gather_nd_shape(x: TensorSpec, indices: TensorSpec) -> TensorSpec:
    depth = indices.shape[-1]
    if not isinstance(depth, int) or depth > x.ndim:
        raise ValueError(f"indices of shape {indices.shape} point deeper than the shape {x.shape}")
    return x.with_shape((*indices.shape[:-1], *x.shape[depth:]))


@primitive(
    "gather_nd",
    shape=_gather_nd_shape,
    gradient=lambda g, y, x, indices: (
        bind("scatter_nd_add", F.zeros_like(x), indices, g),
        None,
    ),
)
def gather_nd(x, indices):
    """The entries of `x` at the index vectors in the last axis of `indices`."""
    return x[tuple(np.moveaxis(indices, -1, 0))]


@primitive(
    "scatter_nd_add",
    shape=lambda x, indices, updates: x,
    gradient=lambda g, y, x, indices, updates: (g, None, bind("gather_nd", g, indices)),
)
def scatter_nd_add(x, indices, updates):
    """`x` with `updates` (shaped like ``gather_nd(x, indices)``) added; repeats add up."""
    result = x.copy()
    np.add.at(result, tuple(np.moveaxis(indices, -1, 0)), updates)
    return result


def _one_hot_shape(indices: TensorSpec, *, depth: DimLike, dtype: str) -> TensorSpec:
    return TensorSpec.of((*indices.shape, depth), dtype)


@primitive("one_hot", shape=_one_hot_shape)
def one_hot(indices, *, depth, dtype):
    """1 at the index and 0 elsewhere in a new last axis; all 0 for an index out of range."""
    return (indices[..., None] == np.arange(depth)).astype(dtype)
