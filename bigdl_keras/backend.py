"""``keras.backend``: the functions of it that Keras 3 still documents."""

from __future__ import annotations

from typing import Any

from bigdl_keras.config import (
    backend,
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)
from bigdl_keras.core.dtypes import is_float_dtype, is_int_dtype, standardize_dtype
from bigdl_keras.core.keras_tensor import is_keras_tensor
from bigdl_keras.core.naming import get_uid, reset

__all__ = [
    "backend",
    "clear_session",
    "epsilon",
    "floatx",
    "get_uid",
    "image_data_format",
    "is_float_dtype",
    "is_int_dtype",
    "is_keras_tensor",
    "result_type",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "standardize_dtype",
]


def clear_session(free_memory: bool = True) -> None:
    """Begin automatic names anew; there is no other global state to clear."""
    reset()


def result_type(*dtypes: Any) -> str:
    """The dtype of an operation on values of these dtypes."""
    from bigdl_backend.graph.dtypes import result_type as common

    return common(*(standardize_dtype(dtype) for dtype in dtypes)).name
