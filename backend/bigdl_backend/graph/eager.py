"""Running one primitive at once on arrays."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from bigdl_backend.graph.registry import Primitive
from bigdl_backend.graph.spec import TensorSpec

# Below this many elements NumPy's own call is as fast as looking a kernel up.
_WORTH_A_KERNEL = 4096


def native_enabled() -> bool:
    """Whether native kernels may run: ``BIGDL_KERAS_NATIVE=0`` turns them off."""
    return os.environ.get("BIGDL_KERAS_NATIVE", "1") != "0"


def default_threads() -> int:
    """Threads that a kernel may use: ``OMP_NUM_THREADS``, else the processors this process may run on."""
    asked = os.environ.get("OMP_NUM_THREADS", "").split(",")[0]
    return max(1, int(asked)) if asked.isdigit() else len(os.sched_getaffinity(0))


def run_eagerly(row: Primitive, operands: Sequence[Any], attrs: dict[str, Any]) -> Any:
    """The value (or tuple of values) of a primitive on arrays."""
    arrays = [np.asarray(operand) for operand in operands]
    # Results that are made from little (random bits, broadcasts) say their size in `shape`.
    work = max(sum(array.size for array in arrays), math.prod(attrs.get("shape", ())))
    if native_enabled() and work >= _WORTH_A_KERNEL:
        kernel = _kernel(row, tuple((a.shape, a.dtype) for a in arrays), _Attrs(attrs))
        if kernel is not None:
            make_outputs, native = kernel
            outputs = [np.empty(spec.shape, spec.dtype) for spec in make_outputs]
            native.run(
                [np.asarray(array, order="C") for array in arrays], outputs, default_threads()
            )
            return outputs[0] if len(outputs) == 1 else tuple(outputs)
    specs = row.specs([TensorSpec(array.shape, array.dtype) for array in arrays], attrs)
    result = row.truth(*arrays, **attrs)
    if len(specs) == 1:
        return np.asarray(result, specs[0].dtype)
    return tuple(np.asarray(value, spec.dtype) for value, spec in zip(result, specs, strict=True))


class _Attrs:
    """Attributes as a hashable key."""

    __slots__ = ("key", "values")

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values
        self.key = tuple(sorted((name, repr(value)) for name, value in values.items()))

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Attrs) and self.key == other.key


@lru_cache(maxsize=512)
def _kernel(
    row: Primitive, inputs: tuple[tuple[tuple[int, ...], np.dtype], ...], attrs: _Attrs
) -> Any:
    from bigdl_native import make_kernel

    outputs = row.specs([TensorSpec(shape, dtype) for shape, dtype in inputs], attrs.values)
    native = make_kernel(
        row.name,
        inputs=[(dtype.name, shape) for shape, dtype in inputs],
        outputs=[(spec.dtype.name, spec.shape) for spec in outputs],
        attrs=attrs.values,
        threads=default_threads(),
    )
    return None if native is None else (outputs, native)
