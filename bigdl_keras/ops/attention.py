"""Dot-product attention."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bigdl_backend.primitives import functional as F
from bigdl_keras.core.keras_op import keras_op


def _allowed(mask: Any, is_causal: bool, queries: Any, keys: Any) -> Any:
    """The keys that each query may see; None: all."""
    if not is_causal:
        return mask
    causal = F.lower_triangle(queries, keys)
    return causal if mask is None else F.logical_and(mask, causal)


def _masked(logits: Any, mask: Any, is_causal: bool) -> Any:
    mask = _allowed(mask, is_causal, *logits.shape[-2:])
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
    if bias is None and attn_logits_soft_cap is None and isinstance(scale, int | float):
        allowed = _allowed(mask, is_causal, query.shape[1], key.shape[1])
        return F.attention(query, key, value, allowed, scale=scale)
    # Fewer products than to scale the logits.
    logits = F.einsum("btnh,bsnh->bnts", F.multiply(query, scale), key)
    if attn_logits_soft_cap is not None:
        capped = F.tanh(F.divide(logits, attn_logits_soft_cap))
        logits = F.multiply(capped, attn_logits_soft_cap)
    if bias is not None:
        logits = F.add(logits, bias)
    weights = F.softmax(_masked(logits, mask, is_causal))
    return F.cast(F.einsum("bnts,bsnh->btnh", weights, value), query.dtype)
