"""Activations, normalization and attention."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F
from bigdl_keras import config
from bigdl_keras.core.keras_op import keras_op


@keras_op
def relu(x: Any) -> Any:
    """max(x, 0)."""
    return F.relu(x)


@keras_op
def gelu(x: Any, approximate: bool = True) -> Any:
    """`x` times the normal distribution function at `x`."""
    return F.gelu(x, approximate)


@keras_op
def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    axis: int,
    offset: Any = None,
    scale: Any = None,
    epsilon: float = 1e-3,
) -> Any:
    """(x - mean) / sqrt(variance + epsilon) * scale + offset, with vectors along `axis`."""
    x = F.as_value(x)
    shape = [1] * x.ndim
    shape[axis] = x.shape[axis]
    factor = F.rsqrt(F.add(F.reshape(variance, shape), epsilon))
    if scale is not None:
        factor = F.multiply(factor, F.reshape(scale, shape))
    shift = F.multiply(F.negative(F.reshape(mean, shape)), factor)
    if offset is not None:
        shift = F.add(shift, F.reshape(offset, shape))
    return F.cast(F.add(F.multiply(x, factor), shift), x.dtype)


@keras_op
def layer_normalization(
    x: Any,
    gamma: Any = None,
    beta: Any = None,
    axis: Any = -1,
    epsilon: float | None = None,
    **kwargs: Any,
) -> Any:
    """`x` normalized over `axis`, times `gamma`, plus `beta`."""
    if set(kwargs) - {"rms_scaling"}:
        raise ValueError(f"`layer_normalization` got unexpected arguments: {sorted(kwargs)}")
    epsilon = config.epsilon() if epsilon is None else epsilon
    # Deprecated in Keras: divides by the standard deviation, but does not subtract the mean.
    uncentred = bool(kwargs.get("rms_scaling"))
    x = F.as_value(x)
    axes = F.axes_of(axis, x.ndim)
    one_axis = axes == (x.ndim - 1,) and isinstance(x.shape[-1], int)
    if one_axis and not uncentred:
        scale = np.ones(x.shape[-1:], x.dtype) if gamma is None else F.as_value(gamma, x.dtype)
        shift = np.zeros(x.shape[-1:], x.dtype) if beta is None else F.as_value(beta, x.dtype)
        return bind("layer_norm", x, scale, shift, epsilon=float(epsilon))[0]
    wide = F.cast(x, "float32") if x.dtype.itemsize < 4 else x
    centred = F.subtract(wide, F.mean(wide, axes, keepdims=True))
    variance = F.mean(F.square(centred), axes, keepdims=True)
    y = F.multiply(wide if uncentred else centred, F.rsqrt(F.add(variance, epsilon)))
    shape = [x.shape[at] if at in axes else 1 for at in range(x.ndim)]
    if gamma is not None:
        y = F.multiply(y, F.reshape(gamma, shape))
    if beta is not None and not uncentred:
        y = F.add(y, F.reshape(beta, shape))
    return F.cast(y, x.dtype)


@keras_op
def rms_normalization(
    x: Any, scale: Any = None, axis: Any = -1, epsilon: float | None = None
) -> Any:
    """`x` divided by its root mean square over `axis`, times `scale`."""
    x = F.as_value(x)
    epsilon = config.epsilon() if epsilon is None else epsilon
    wide = F.cast(x, "float32") if x.dtype.itemsize < 4 else x
    squares = F.mean(F.square(wide), axis, keepdims=True)
    y = F.multiply(wide, F.rsqrt(F.add(squares, epsilon)))
    if scale is not None:
        axes = F.axes_of(axis, x.ndim)
        scale = F.as_value(scale)
        if scale.ndim:
            scale = F.reshape(scale, [x.shape[at] if at in axes else 1 for at in range(x.ndim)])
        y = F.multiply(y, scale)
    return F.cast(y, x.dtype)


def _masked(logits: Any, mask: Any, is_causal: bool) -> Any:
    if is_causal:
        causal = F.lower_triangle(*logits.shape[-2:])
        mask = causal if mask is None else F.logical_and(mask, causal)
    if mask is None:
        return logits
    lowest = -0.7 * float(np.finfo("float32").max if logits.dtype != np.float16 else 65504.0)
    return F.where(mask, logits, lowest)


@keras_op
def dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> Any:
    """softmax(query key^T scale + bias) value, for [B, T, heads, features].

    Fewer heads of `key` and `value` are shared by groups of query heads.

    Raises:
        ValueError: operands that are not of rank 4, or `flash_attention=True`.
    """
    if flash_attention:
        raise ValueError("`flash_attention=True` is not available on this engine")
    query, key, value = F.promoted_float(query, key, value)
    if not query.ndim == key.ndim == value.ndim == 4:
        raise ValueError(
            "`dot_product_attention` only supports 4D inputs. "
            f"Received: {tuple(query.shape)}, {tuple(key.shape)}, {tuple(value.shape)}"
        )
    groups = query.shape[2] // key.shape[2]
    if groups > 1:
        key, value = F.repeat(key, groups, 2), F.repeat(value, groups, 2)
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    logits = F.einsum("btnh,bsnh->bnts", query, key)
    logits = F.multiply(logits, scale)
    if attn_logits_soft_cap is not None:
        capped = F.tanh(F.divide(logits, attn_logits_soft_cap))
        logits = F.multiply(capped, attn_logits_soft_cap)
    if bias is not None:
        logits = F.add(logits, bias)
    weights = F.softmax(_masked(logits, mask, is_causal))
    return F.cast(F.einsum("bnts,bsnh->btnh", weights, value), query.dtype)
