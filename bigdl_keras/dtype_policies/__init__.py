"""Which dtypes layers compute in and keep their variables in (``keras.dtype_policies``)."""

from __future__ import annotations

from typing import Any

from bigdl_keras.dtype_policies.awq_dtype_policy import AWQDTypePolicy
from bigdl_keras.dtype_policies.dtype_policy import (
    DTypePolicy,
    FloatDTypePolicy,
    dtype_policy,
    set_dtype_policy,
)
from bigdl_keras.dtype_policies.dtype_policy_map import DTypePolicyMap
from bigdl_keras.dtype_policies.gptq_dtype_policy import GPTQDTypePolicy
from bigdl_keras.dtype_policies.int4_dtype_policy import Int4DTypePolicy
from bigdl_keras.dtype_policies.quantized_dtype_policy import (
    QUANTIZATION_MODES,
    QuantizedDTypePolicy,
)
from bigdl_keras.dtype_policies.quantized_float8_dtype_policy import QuantizedFloat8DTypePolicy

__all__ = [
    "QUANTIZATION_MODES",
    "AWQDTypePolicy",
    "DTypePolicy",
    "DTypePolicyMap",
    "FloatDTypePolicy",
    "GPTQDTypePolicy",
    "Int4DTypePolicy",
    "QuantizedDTypePolicy",
    "QuantizedFloat8DTypePolicy",
    "deserialize",
    "dtype_policy",
    "get",
    "serialize",
    "set_dtype_policy",
]


def serialize(dtype_policy: DTypePolicy | DTypePolicyMap) -> dict[str, Any]:
    """The policy as a JSON-able dict."""
    from bigdl_keras.saving import serialize_keras_object

    return serialize_keras_object(dtype_policy)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The policy described by what :func:`serialize` returned."""
    from bigdl_keras.saving import deserialize_keras_object

    return deserialize_keras_object(config, custom_objects=custom_objects)


def get(identifier: Any) -> Any:
    """A policy from a policy, a name such as ``"mixed_bfloat16"``, a dict, or ``None`` (global).

    A name such as ``"int8_from_float32"`` gives a :class:`QuantizedDTypePolicy`.
    """
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, (DTypePolicy, DTypePolicyMap)):
        return identifier
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        quantised = identifier.startswith(QUANTIZATION_MODES) and "_from_" in identifier
        return _quantized(identifier) if quantised else DTypePolicy(identifier)
    from bigdl_keras.core.dtypes import standardize_dtype

    try:
        return DTypePolicy(standardize_dtype(identifier))
    except ValueError:
        raise ValueError(
            "Cannot interpret `dtype` argument. Expected a string or an instance of DTypePolicy. "
            f"Received: dtype={identifier}"
        ) from None


def _quantized(name: str) -> QuantizedDTypePolicy:
    mode, _, source = name.partition("_from_")
    algorithm = mode.split("/")[0]
    kinds: dict[str, type[QuantizedDTypePolicy]] = {
        "gptq": GPTQDTypePolicy,
        "awq": AWQDTypePolicy,
        "float8": QuantizedFloat8DTypePolicy,
    }
    if algorithm == "int4" and "/" in mode:
        return Int4DTypePolicy(mode, source)
    return kinds.get(algorithm, QuantizedDTypePolicy)(mode, source)
