"""Dot-product attention of several heads, whose weights of every query and key are never kept."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_backend.graph.gradient import vjp
from bigdl_backend.graph.registry import find, primitive
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F
from bigdl_backend.primitives.composition import through_composition
from bigdl_backend.primitives.rules import same_dtype, widened


def _attention_shape(
    query: TensorSpec,
    key: TensorSpec,
    value: TensorSpec,
    *extras: TensorSpec,
    scale: float,
    masked: bool,
    rate: float,
    spreads: bool,
) -> tuple[TensorSpec, TensorSpec]:
    same_dtype(query, key, value)
    batch, steps, heads, _ = query.shape
    expected = (batch, key.shape[1], heads, query.shape[3])
    if key.shape != expected or value.shape[:3] != expected[:3]:
        raise ValueError(
            f"attention of queries {query.shape} needs keys and values of their batch, heads and features, "
            f"got {key.shape} and {value.shape}"
        )
    if masked and (extras[0].ndim != 4 or extras[0].shape[3] != key.shape[1]):
        raise ValueError(
            f"a mask of attention has 4 axes and one entry a key ({key.shape[1]}), got {extras[0].shape}"
        )
    if not masked + (rate > 0) <= len(extras) <= masked + 2 * (rate > 0):
        raise ValueError(f"{len(extras)} operands after the value do not fit {masked=} and {rate=}")
    # Sums over many keys do not fit into halves.
    precise = query.dtype if query.dtype == np.float64 else np.dtype("float32")
    return query.with_shape((*query.shape[:3], value.shape[3])), TensorSpec(
        (batch, heads, steps, 2), precise
    )


def _split(extras: tuple[Any, ...], masked: bool) -> tuple[Any, tuple[Any, ...]]:
    """The mask (or None), then the random key and the row numbers, as far as there are any."""
    return (extras[0], extras[1:]) if masked else (None, extras)


def _attention_gradient(g, outputs, query, key, value, *extras, **attrs):
    g_out, g_stats = g
    if g_stats is not None:
        raise NotImplementedError("the statistics of an attention are kept for its gradient only")
    slopes = bind("attention_grad", g_out, query, key, value, outputs[1], *extras, **attrs)
    return (*slopes, *[None] * len(extras))


@primitive("attention", shape=_attention_shape, gradient=_attention_gradient)
def attention(query, key, value, *extras, scale, masked, rate, spreads):
    """softmax(query key^T scale) value over [B, T, N, H], [B, S, N, H] and [B, S, N, V].

    `extras` are the mask bool[B or 1, N or 1, T or 1, S] if `masked`, and for a `rate` of weights to
    drop the random key uint32[2] and perhaps the row numbers int32[B], as in `random_bits`. A query
    that may see no key weighs all alike if it `spreads`, else none.

    Returns the outputs [B, T, N, V], and for each query the largest score and the sum of the powers of
    the scores less that one (infinite where no key may be seen), float [B, N, T, 2].
    """
    weights, stats = _weights(query, key, extras, scale, masked, spreads)
    _, drawn = _split(extras, masked)
    kept = _dropped(weights, drawn, rate)
    out = np.einsum("bnts,bsnv->btnv", kept, widened(value)).astype(query.dtype)
    return out, stats.astype(np.float64 if query.dtype == np.float64 else np.float32)


def _weights(query, key, extras, scale, masked, spreads):
    scores = np.einsum("btnh,bsnh->bnts", widened(query), widened(key)) * widened(query).dtype.type(
        scale
    )
    mask, _ = _split(extras, masked)
    seen = np.broadcast_to(True if mask is None else mask, scores.shape)
    some = seen.any(axis=-1, keepdims=True)
    largest = np.where(some, np.max(np.where(seen, scores, -np.inf), axis=-1, keepdims=True), 0)
    powers = np.where(seen, np.exp(scores - largest), 0)
    total = np.where(some, powers.sum(axis=-1, keepdims=True), np.inf).astype(scores.dtype)
    weights = powers / total
    if spreads:
        weights = np.where(some, weights, scores.dtype.type(1 / scores.shape[-1]))
    return weights, np.concatenate([largest, total], axis=-1)


def _kept(shape, drawn, rate):
    """Which weights are not dropped."""
    bits = find("random_bits").truth(*drawn, shape=shape)
    return (bits >> 8).astype(np.float32) * np.float32(2.0**-24) < np.float32(1 - rate)


def _dropped(weights, drawn, rate):
    if rate == 0:
        return weights
    keep = _kept(weights.shape, drawn, rate)
    return np.where(keep, weights / weights.dtype.type(1 - rate), 0)


def _attention_grad_shape(g, query, key, value, stats, *extras, **attrs):
    same_dtype(g, query)
    return query, key, value


def _composed(heads, extras, attrs):
    """The outputs for ``heads = query, key, value``, in simple primitives."""
    query, key, value = heads
    mask, drawn = _split(extras, attrs["masked"])
    scores = F.einsum("btnh,bsnh->bnts", F.multiply(query, attrs["scale"]), key)
    if mask is not None:
        scores = F.where(mask, scores, -0.5 * float(np.finfo(np.float32).max))
    weights = F.softmax(scores)
    if mask is not None and not attrs["spreads"]:
        weights = F.where(mask, weights, 0)
    if attrs["rate"] > 0:
        keep = F.random.bernoulli(drawn[0], weights.shape, 1 - attrs["rate"], *drawn[1:])
        weights = F.where(keep, F.divide(weights, 1 - attrs["rate"]), 0)
    return F.einsum("bnts,bsnv->btnv", weights, value)


def _attention_grad_gradient(h, outputs, g, query, key, value, stats, *extras, **attrs):
    def composed(g, query, key, value):
        fresh = [bind("reshape", x, shape=x.shape) for x in (query, key, value)]
        return vjp([_composed(fresh, extras, attrs)], [g], fresh)

    slopes = through_composition(composed, (g, query, key, value), h)
    return (*slopes, None, *[None] * len(extras))


@primitive("attention_grad", shape=_attention_grad_shape, gradient=_attention_grad_gradient)
def attention_grad(g, query, key, value, stats, *extras, scale, masked, rate, spreads):
    """The gradients with respect to query, key and value."""
    weights, _ = _weights(query, key, extras, scale, masked, spreads)
    mask, drawn = _split(extras, masked)
    dropped = _dropped(weights, drawn, rate)
    g, q, k, v = map(widened, (g, query, key, value))
    d_value = np.einsum("bnts,btnv->bsnv", dropped, g)
    d_weights = _dropped(np.einsum("btnv,bsnv->bnts", g, v), drawn, rate)
    centre = np.sum(weights * d_weights, axis=-1, keepdims=True)
    d_scores = weights * (d_weights - centre) * weights.dtype.type(scale)
    if mask is not None:
        d_scores = np.where(mask, d_scores, 0)
    d_query = np.einsum("bnts,bsnh->btnh", d_scores, k)
    d_key = np.einsum("bnts,btnh->bsnh", d_scores, q)
    return tuple(slope.astype(query.dtype) for slope in (d_query, d_key, d_value))
