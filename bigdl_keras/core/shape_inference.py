"""Shapes and dtypes of results, found by tracing a function without data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bigdl_backend.graph.dims import Dim
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.tensor import Tensor
from bigdl_keras import tree
from bigdl_keras.core.dtypes import standardize_dtype
from bigdl_keras.core.keras_tensor import KerasTensor
from bigdl_keras.core.trace_scope import TraceScope

# Sizes that are not known yet are all taken to be equal: tensors that meet in an element-wise
# operation usually do have equal ones, and nothing says so before data comes.
_UNKNOWN = Dim.var("n")


def numpy_dtype(name: str) -> np.dtype:
    """The NumPy dtype of a Keras dtype name (strings are objects)."""
    return np.dtype(object) if name == "string" else np.dtype(name)


def infer_output_spec(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What ``function`` returns for symbolic arguments, as a structure of new symbolic tensors.

    The function is traced into a graph that is thrown away. Sizes that depend on unknown ones are
    ``None``. Variables keep their values.
    """
    try:
        return _traced(function, args, kwargs)
    except ValueError:
        # An unknown size may have met a known one, which it then must be equal to.
        known = _with_known_sizes(args, kwargs)
        if known is None:
            raise
        return _traced(function, *known)


def _with_known_sizes(args: Any, kwargs: Any) -> tuple[Any, Any] | None:
    """The arguments with unknown sizes taken from other tensors; ``None`` if there are none to take.

    Axes are counted from the last one, as in broadcasting; the first axis, of rows, stays unknown.
    """
    shapes = [x.shape for x in tree.flatten((args, kwargs)) if isinstance(x, KerasTensor)]
    sizes: dict[int, int] = {}
    for shape in shapes:
        for axis in range(-1, -len(shape), -1):
            size = shape[axis]
            if size is not None and size != 1:
                sizes.setdefault(axis, size)
    missing = [
        axis for s in shapes for axis in range(-1, -len(s), -1) if s[axis] is None and axis in sizes
    ]
    if not missing:
        return None

    def fill(x: Any) -> Any:
        if not isinstance(x, KerasTensor):
            return x
        rank = len(x.shape)
        shape = [sizes.get(i - rank) if i and s is None else s for i, s in enumerate(x.shape)]
        return KerasTensor(tuple(shape), x.dtype, name=x.name)

    return tree.map_structure(fill, args), tree.map_structure(fill, kwargs)


def _traced(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    graph = Graph()

    def enter(x: Any) -> Any:
        if isinstance(x, Tensor):  # of a trace around this one
            return graph.input(x.spec, x.name)
        if not isinstance(x, KerasTensor):
            return x
        shape = tuple(_UNKNOWN if size is None else size for size in x.shape)
        return graph.input(TensorSpec(shape, numpy_dtype(x.dtype)), x.name)

    def leave(x: Any) -> Any:
        if not isinstance(x, (Tensor, np.ndarray, np.generic)):
            return x
        shape = tuple(None if isinstance(size, Dim) else size for size in x.shape)
        dtype = "string" if x.dtype == object else standardize_dtype(x.dtype)
        return KerasTensor(shape, dtype)

    with TraceScope(graph):
        outputs = function(*tree.map_structure(enter, args), **tree.map_structure(enter, kwargs))
    return tree.map_structure(leave, outputs)
