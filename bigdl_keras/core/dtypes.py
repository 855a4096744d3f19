"""Names of dtypes as users write them."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_keras import config

FLOAT_DTYPES = ("bfloat16", "float16", "float32", "float64")
ALLOWED_DTYPES = frozenset(
    (
        *FLOAT_DTYPES,
        *("float8_e4m3fn", "float8_e5m2"),
        *("int8", "int16", "int32", "int64"),
        *("uint8", "uint16", "uint32", "uint64"),
        *("complex64", "complex128", "bool", "string"),
    )
)
_PYTHON_TYPES = {bool: "bool", int: "int32", float: "float32", str: "string", complex: "complex64"}


def standardize_dtype(dtype: Any) -> str:
    """The canonical name of ``dtype``; ``None`` means ``config.floatx()``.

    Accepts names, NumPy dtypes and scalar types, and Python's ``int``, ``float``, ``bool``.
    Raises ``ValueError`` for anything Keras does not know.
    """
    if type(dtype) is str:
        name = "int32" if dtype == "int" else dtype
    elif dtype is None:
        name = config.floatx()
    elif isinstance(dtype, np.dtype):
        name = "string" if dtype.kind in "OSTU" else dtype.name
    elif isinstance(dtype, type):
        name = _PYTHON_TYPES.get(dtype, dtype.__name__)
    else:
        name = getattr(dtype, "name", str(dtype))
    if name not in ALLOWED_DTYPES:
        raise ValueError(f"Invalid dtype: {dtype}")
    return name


def is_float_dtype(dtype: Any) -> bool:
    """Whether ``dtype`` is a floating type that takes part in autocasting."""
    return standardize_dtype(dtype) in FLOAT_DTYPES


def is_int_dtype(dtype: Any) -> bool:
    """Whether ``dtype`` is an integer type (bool is not)."""
    return standardize_dtype(dtype).lstrip("u").startswith("int")
