"""Which dtype an operation on several dtypes has.

The lattice of JAX (docs.jax.dev, "Type promotion semantics"), which Keras 3 follows on every backend: Python scalars
are weak, an integer and a float give that float whatever their widths.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import ml_dtypes  # noqa: F401  (registers bfloat16 and float8 names with NumPy)
import numpy as np

# Direct upper neighbours; "int" and "float" are the dtypes of Python scalars.
_ABOVE: dict[str, tuple[str, ...]] = {
    "bool": ("int",),
    "int": ("uint8", "int8"),
    "uint8": ("int16", "uint16"),
    "int8": ("int16",),
    "uint16": ("int32", "uint32"),
    "int16": ("int32",),
    "uint32": ("int64", "uint64"),
    "int32": ("int64",),
    "uint64": ("float",),
    "int64": ("float",),
    "float": ("bfloat16", "float16"),
    "bfloat16": ("float32",),
    "float16": ("float32",),
    "float32": ("float64",),
    "float64": (),
}

_default_float = "float32"


def default_float() -> str:
    """The dtype that a Python float takes when nothing else decides."""
    return _default_float


def set_default_float(name: str) -> None:
    """Choose what `default_float` returns: float16, bfloat16, float32 or float64."""
    global _default_float
    if name not in ("float16", "bfloat16", "float32", "float64"):
        raise ValueError(f"expected float16, bfloat16, float32 or float64, got {name!r}")
    _default_float = name
    result_type_of_names.cache_clear()


def result_type(*values: Any) -> np.dtype:
    """The dtype of an operation on `values`: arrays, tensors, dtypes, dtype names, Python scalars or their types.

    Raises:
        TypeError: a dtype that has no place in the lattice (strings, float8, complex).
    """
    return np.dtype(result_type_of_names(tuple(_name(value) for value in values)))


@lru_cache(maxsize=4096)
def result_type_of_names(names: tuple[str, ...]) -> str:
    """`result_type` on names, "int" and "float" being weak."""
    distinct = set(names)
    if len(distinct) == 1:
        return _strong(names[0])
    unknown = distinct - _ABOVE.keys()
    if unknown:
        raise TypeError(f"no common dtype for {sorted(distinct)}: convert {sorted(unknown)} first")
    common = frozenset.intersection(*(_upward(name) for name in distinct))
    least = [name for name in common if common <= _upward(name)]
    return _strong(least[0])


def _strong(name: str) -> str:
    return {"int": "int32", "float": _default_float}.get(name, name)


@cache
def _upward(name: str) -> frozenset[str]:
    found = {name}
    for above in _ABOVE[name]:
        found |= _upward(above)
    return frozenset(found)


def _name(value: Any) -> str:
    if isinstance(value, bool) or value is bool:
        return "bool"
    if value is int or (isinstance(value, int) and not isinstance(value, np.generic)):
        return "int"
    if value is float or (isinstance(value, float) and not isinstance(value, np.generic)):
        return "float"
    if isinstance(value, str):
        return value if value in ("int", "float") else np.dtype(value).name
    dtype = getattr(value, "dtype", None)
    return np.dtype(value if dtype is None else dtype).name
