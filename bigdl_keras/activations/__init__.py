"""Activation functions, and how they are named in configs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from bigdl_keras.activations.functions import (
    celu,
    elu,
    exponential,
    gelu,
    glu,
    hard_shrink,
    hard_sigmoid,
    hard_silu,
    hard_tanh,
    leaky_relu,
    linear,
    log_sigmoid,
    log_softmax,
    mish,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    soft_shrink,
    softmax,
    softplus,
    softsign,
    sparse_plus,
    sparse_sigmoid,
    sparsemax,
    squareplus,
    tanh,
    tanh_shrink,
    threshold,
)
from bigdl_keras.utils.named_objects import NamedObjects

swish = silu
hard_swish = hard_silu

_known = NamedObjects(
    "activation function",
    [
        celu,
        elu,
        exponential,
        gelu,
        glu,
        hard_shrink,
        hard_sigmoid,
        hard_silu,
        hard_tanh,
        leaky_relu,
        linear,
        log_sigmoid,
        log_softmax,
        mish,
        relu,
        relu6,
        selu,
        sigmoid,
        silu,
        soft_shrink,
        softmax,
        softplus,
        softsign,
        sparse_plus,
        sparse_sigmoid,
        sparsemax,
        squareplus,
        tanh,
        tanh_shrink,
        threshold,
    ],
    aliases={"swish": silu, "hard_swish": hard_silu},
)


def serialize(activation: Callable[..., Any]) -> Any:
    """The name of a built-in or registered function, the config of any other callable object."""
    name = getattr(activation, "__name__", None)
    if name is not None and _known.table.get(name) is activation:
        return name
    if inspect.isfunction(activation):
        from bigdl_keras.saving import get_registered_name

        return get_registered_name(activation)
    return _known.serialize(activation)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The activation that `config`, a name or a dict, describes."""
    return _known.deserialize(config, custom_objects)


def get(identifier: Any) -> Callable[..., Any]:
    """The activation for None (linear), a name, a config or a callable.

    Raises:
        ValueError: anything else.
    """
    if identifier is None:
        return linear
    found = deserialize(identifier) if isinstance(identifier, str | dict) else identifier
    if callable(found):
        return found
    raise ValueError(f"Could not interpret activation function identifier: {identifier}")
