"""A pair of dtypes: one to compute in, one to keep variables in."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from bigdl_backend.graph.tensor import Tensor
from bigdl_backend.primitives import functional
from bigdl_keras import config
from bigdl_keras.core.dtypes import is_float_dtype, standardize_dtype
from bigdl_keras.core.keras_tensor import KerasTensor

_MIXED = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}


class DTypePolicy:
    """The dtypes of a layer.

    Args:
        name: a dtype (``"float32"``) for both, or ``"mixed_float16"`` / ``"mixed_bfloat16"`` to
            compute in 16 bits and keep variables in ``float32``. ``None`` means the global policy.

    Raises ``ValueError`` for other names.
    """

    def __init__(self, name: str | None = None) -> None:
        if name is None:
            name = dtype_policy().name
        if not isinstance(name, str):
            raise TypeError(f"'name' must be a string, such as 'mixed_float16'. Received: {name}")
        self._name = name
        self._compute_dtype, self._variable_dtype = _dtypes_of(name)

    @property
    def name(self) -> str:
        """The name it was made from."""
        return self._name

    @property
    def compute_dtype(self) -> str:
        """The dtype of computations; float inputs and variables are converted to it."""
        return self._compute_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype in which variables are kept."""
        return self._variable_dtype

    @property
    def quantization_mode(self) -> str | None:
        """How weights are quantised; ``None`` unless this is a :class:`QuantizedDTypePolicy`."""
        return None

    def convert_input(self, x: Any, autocast: bool, dtype: Any) -> Any:
        """``x`` as a tensor; floats in ``dtype`` if ``autocast``. Non-arrays come back unchanged."""
        if isinstance(x, KerasTensor):
            if autocast and is_float_dtype(x.dtype) and x.dtype != dtype:
                from bigdl_keras import ops

                return ops.cast(x, dtype)
            return x
        if not isinstance(x, (np.ndarray, Tensor)):
            if not hasattr(x, "__array__"):
                return x
            x = np.asarray(x)
        if autocast and x.dtype.kind not in "OUS" and is_float_dtype(x.dtype):
            return x if x.dtype.name == dtype else functional.cast(x, dtype)
        return x

    def get_config(self) -> dict[str, Any]:
        """The constructor argument."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> DTypePolicy:
        """A policy from what ``get_config`` returned."""
        return cls(**config)

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self._name}">'

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DTypePolicy) and self._name == other._name

    def __hash__(self) -> int:
        return hash(self._name)


def _dtypes_of(name: str) -> tuple[str, str]:
    """The dtypes of computations and of variables."""
    if name in _MIXED:
        return _MIXED[name], "float32"
    try:
        dtype = standardize_dtype(name)
    except ValueError:
        raise ValueError(
            f"Cannot convert '{name}' to a mixed precision DTypePolicy. Valid policies include "
            "'mixed_float16', 'mixed_bfloat16', or the name of any float dtype such as 'float32'."
        ) from None
    return dtype, dtype


class FloatDTypePolicy(DTypePolicy):
    """Keras's older name for :class:`DTypePolicy`."""


class _Global(threading.local):
    def __init__(self) -> None:
        self.policy: Any = None


_global = _Global()


def dtype_policy() -> Any:
    """The policy of layers made without one: ``config.floatx()`` unless set."""
    if _global.policy is None:
        return DTypePolicy(config.floatx())
    return _global.policy


def set_dtype_policy(policy: Any) -> None:
    """Set the policy of layers made without one, by name or object; ``None`` unsets it."""
    from bigdl_keras.dtype_policies import get

    _global.policy = None if policy is None else get(policy)
