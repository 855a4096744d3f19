"""Batch normalization with what stands around it; only the pass `batch_norm_activation` makes these.

The data x may be of 16 bits where the parameters and the statistics are float32: everything between is computed in
float32 and rounded once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bigdl_backend.graph.registry import find, primitive
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.primitives.rules import is_float, same_dtype, widened

# What a rectifier makes of a value, and what its gradient is multiplied with there.
_RECTIFIERS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "": (lambda x: x, np.ones_like),
    "relu": (lambda x: np.maximum(x, 0), lambda x: (x > 0).astype(x.dtype)),
    "relu6": (
        lambda x: np.clip(x, 0, 6),
        lambda x: ((x > 0) & (x < 6)) + (x == 6) * x.dtype.type(0.5),
    ),
}


def _check(x: TensorSpec, activation: str, *parameters: TensorSpec) -> None:
    if activation not in _RECTIFIERS:
        raise ValueError(f"{activation!r} is none of the activations {sorted(_RECTIFIERS)}")
    if not is_float(x.dtype) or same_dtype(*parameters) not in (x.dtype, np.dtype("float32")):
        raise TypeError(
            f"normalizing {x} needs parameters of its dtype or float32, got {parameters[0].dtype}"
        )
    for parameter in parameters:
        if parameter.shape != x.shape[-1:]:
            raise ValueError(f"normalizing {x} needs one parameter a channel, got {parameter}")


def _act_shape(
    x: TensorSpec,
    gamma: TensorSpec,
    beta: TensorSpec,
    *addend: TensorSpec,
    epsilon: float,
    activation: str,
) -> tuple[TensorSpec, ...]:
    _check(x, activation, gamma, beta)
    if any(other != x for other in addend):
        raise ValueError(f"what is added to {x} must be like it, got {addend[0]}")
    return x, gamma, gamma


def _as_wide(x: np.ndarray, *parameters: np.ndarray) -> list[np.ndarray]:
    wide = np.result_type(widened(x).dtype, widened(parameters[0]).dtype)
    return [array.astype(wide) for array in (x, *parameters)]


@primitive("batch_norm_act", shape=_act_shape)
def batch_norm_act(x, gamma, beta, *addend, epsilon, activation):
    """``activation(batch_norm(x) + addend)`` of x[..., C], in x's dtype; the mean and the variance in gamma's.

    At most one addend, of x's shape and dtype.
    """
    y, mean, variance = find("batch_norm").truth(*_as_wide(x, gamma, beta), epsilon=epsilon)
    total = sum((widened(other) for other in addend), y)
    result, _ = _RECTIFIERS[activation]
    return (
        result(total).astype(x.dtype),
        mean.astype(gamma.dtype),
        variance.astype(gamma.dtype),
    )


def _act_grad_shape(
    g: TensorSpec, x: TensorSpec, *parameters: TensorSpec, epsilon: float, activation: str
) -> tuple[TensorSpec, ...]:
    same_dtype(g, x)
    if len(parameters) != 4:
        raise ValueError(f"expected mean, variance, gamma and beta, got {parameters}")
    _check(x, activation, *parameters)
    return x, parameters[2], parameters[2]


@primitive("batch_norm_act_grad", shape=_act_grad_shape)
def batch_norm_act_grad(g, x, mean, variance, gamma, beta, *, epsilon, activation) -> Any:
    """The gradients of ``activation(batch_norm(x))`` with respect to x, gamma and beta.

    Of relu6 half the gradient passes where the value is 6 exactly, of either where it is 0, none.
    """
    wide, wide_g, *parameters = _as_wide(x, g, mean, variance, gamma, beta)
    mean, variance, scale, shift = parameters
    _, slope = _RECTIFIERS[activation]
    y = (wide - mean) * (scale / np.sqrt(variance + epsilon)) + shift
    dx, dgamma, dbeta = find("batch_norm_grad").truth(
        wide_g * slope(y), wide, mean, variance, scale, epsilon=epsilon
    )
    return dx.astype(x.dtype), dgamma.astype(gamma.dtype), dbeta.astype(gamma.dtype)
