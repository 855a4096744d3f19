"""Dot-product attention."""

from __future__ import annotations

from typing import Any

from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives.functional.shaping import broadcast_to
from bigdl_backend.primitives.functional.values import Value, as_value, promoted_float


def attention(
    query: Value,
    key: Value,
    value: Value,
    mask: Any = None,
    *,
    scale: float,
    rate: float = 0.0,
    random_key: Any = None,
    rows: Any = None,
    spreads: bool = True,
) -> Any:
    """softmax(query key^T scale) value, for float [B, T, N, H], [B, S, N, H] and [B, S, N, V].

    Args:
        query, key, value: of N heads each.
        mask: bool, broadcastable to [B, N, T, S]: the keys that a query may see.
        scale: of the scores.
        rate: share of weights to drop; the others are divided by 1 - rate.
        random_key: uint32[2], for a `rate`.
        rows: int32[B], see `functional.random`.
        spreads: whether a query that may see no key weighs all alike, instead of none.
    """
    query, key, value = promoted_float(query, key, value)
    extras = []
    if mask is not None:
        mask = as_value(mask)
        shape = (*(1,) * (4 - mask.ndim), *mask.shape[:-1], key.shape[1])
        extras.append(broadcast_to(mask, shape))
    if rate > 0:
        extras += [as_value(random_key)] if rows is None else [as_value(random_key), rows]
    out, _ = bind(
        "attention",
        query,
        key,
        value,
        *extras,
        scale=float(scale),
        masked=mask is not None,
        rate=float(rate),
        spreads=spreads,
    )
    return out
