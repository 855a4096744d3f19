"""Shape rules and NumPy pieces that several families of primitives share."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_backend.graph.dims import DimLike
from bigdl_backend.graph.spec import TensorSpec

Shape = tuple[DimLike, ...]


def is_float(dtype: np.dtype) -> bool:
    """Whether values of this dtype are floating-point numbers (bfloat16 and float8 included)."""
    return "float" in dtype.name


def same(x: TensorSpec, **_attrs: Any) -> TensorSpec:
    """Rule of an elementwise primitive: the result is like its operand."""
    return x


def same_float(x: TensorSpec, **_attrs: Any) -> TensorSpec:
    """Rule of an elementwise primitive that is defined on floats only."""
    if not is_float(x.dtype):
        raise TypeError(f"expected a floating-point operand, got {x.dtype}: cast it first")
    return x


def to_bool(x: TensorSpec) -> TensorSpec:
    """Rule of an elementwise test."""
    return x.with_dtype("bool")


def same_dtype(*specs: TensorSpec) -> np.dtype:
    """The one dtype of all operands; primitives never promote."""
    if len({spec.dtype for spec in specs}) != 1:
        names = ", ".join(spec.dtype.name for spec in specs)
        raise TypeError(f"operands must have one dtype, got {names}: cast them first")
    return specs[0].dtype


def broadcast_shapes(*shapes: Shape) -> Shape:
    """NumPy broadcasting of shapes; a symbolic dimension fits itself and 1 only."""
    rank = max(len(shape) for shape in shapes)
    result: list[DimLike] = []
    for axis in range(-rank, 0):
        found: DimLike = 1
        for shape in shapes:
            dim = shape[axis] if -axis <= len(shape) else 1
            if dim == 1 or dim == found:
                continue
            if found != 1:
                raise ValueError(
                    f"shapes {', '.join(map(str, shapes))} do not broadcast: "
                    f"{found} against {dim} at axis {axis}"
                )
            found = dim
        result.append(found)
    return tuple(result)


def broadcast(*specs: TensorSpec, **_attrs: Any) -> TensorSpec:
    """Rule of an elementwise primitive of several operands."""
    return TensorSpec(broadcast_shapes(*(spec.shape for spec in specs)), same_dtype(*specs))


def broadcast_to_bool(*specs: TensorSpec) -> TensorSpec:
    """Rule of a comparison."""
    return broadcast(*specs).with_dtype("bool")


def without_axes(shape: Shape, axes: tuple[int, ...], keepdims: bool = False) -> Shape:
    """`shape` after a reduction over `axes` (not negative)."""
    for axis in axes:
        if not 0 <= axis < len(shape):
            raise ValueError(f"axis {axis} is out of range for the shape {shape}")
    if keepdims:
        return tuple(1 if axis in axes else dim for axis, dim in enumerate(shape))
    return tuple(dim for axis, dim in enumerate(shape) if axis not in axes)


def widened(x: np.ndarray) -> np.ndarray:
    """`x` in a dtype safe to accumulate in: floats of 8 and 16 bits become float32."""
    return x.astype(np.float32) if is_float(x.dtype) and x.dtype.itemsize < 4 else x
