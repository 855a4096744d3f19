"""Attention: heads, axes, masks, scores."""

from typing import Any

import numpy as np

from tests.parity.layers.row import Row, floats, lengths_mask, rows

QUERY, VALUE, KEY = floats(2, 4, 6), floats(2, 3, 6), floats(2, 3, 6, seed=3)
WIDE = [floats(2, 4, 6), floats(2, 3, 5), floats(2, 3, 7)]
QUERY_MASK, VALUE_MASK = lengths_mask(4, 4, 2), lengths_mask(3, 1, 3)
PAIRWISE = np.random.default_rng(0).integers(0, 2, (2, 4, 3)).astype(bool)
SCORES = {"return_attention_scores": True}
HEADS = {"num_heads": 2, "key_dim": 3}

# Without dropout stock Keras on JAX wants values as wide as keys.
MULTI: list[dict[str, Any]] = [
    {},
    {"use_bias": False},
    {"value_dim": 4, "dropout": 0.1},
    {"output_shape": 5},
    {"output_shape": (2, 3)},
    {"attention_axes": 1},
    {"kernel_regularizer": "l2", "bias_regularizer": "l1"},
    {"num_heads": 1, "key_dim": 1},
    {"flash_attention": False},
]
CALLS: list[dict[str, Any]] = [
    SCORES,
    {"attention_mask": PAIRWISE, **SCORES},
    {"attention_mask": PAIRWISE[:, :1], **SCORES},
    {"query_mask": QUERY_MASK, **SCORES},
    {"value_mask": VALUE_MASK, **SCORES},
    {"key_mask": VALUE_MASK},
    {"query_mask": QUERY_MASK, "value_mask": VALUE_MASK, "attention_mask": PAIRWISE},
    {"use_causal_mask": True, **SCORES},
    {"training": True},
]
LISTS: list[dict[str, Any]] = [
    {},
    SCORES,
    {"mask": [QUERY_MASK, VALUE_MASK], **SCORES},
    {"mask": [None, VALUE_MASK]},
    {"use_causal_mask": True, **SCORES},
]

ROWS: list[Row] = [
    *rows(
        "MultiHeadAttention",
        [QUERY, VALUE],
        [{**HEADS, **config} for config in MULTI],
        spread=True,
    ),
    *rows("MultiHeadAttention", [QUERY, VALUE, KEY], [HEADS], spread=True),
    *rows(
        "MultiHeadAttention", WIDE, [HEADS, {**HEADS, "value_dim": 2, "dropout": 0.1}], spread=True
    ),
    *rows("MultiHeadAttention", [floats(1, 1, 1)] * 2, [HEADS], spread=True),
    *rows(
        "MultiHeadAttention",
        [floats(2, 3, 4, 6), floats(2, 3, 2, 6)],
        [{**HEADS, "attention_axes": (2,)}],
        spread=True,
    ),
    *rows(
        "MultiHeadAttention",
        [floats(2, 3, 4, 6), floats(2, 3, 4, 6, seed=1)],
        [{**HEADS, "attention_axes": (1, 2)}],
        spread=True,
        call=SCORES,
        infers=False,
    ),
]
for call in CALLS:
    ROWS += rows(
        "MultiHeadAttention", [QUERY, VALUE], [HEADS], spread=True, call=call, infers=False
    )
for call in LISTS:
    ROWS += rows("Attention", [QUERY, VALUE], call=call)
    ROWS += rows("AdditiveAttention", [QUERY, VALUE], call=call)
SCALED = [
    {"use_scale": True},
    {"score_mode": "concat"},
    {"score_mode": "concat", "use_scale": True},
]
ROWS += rows("Attention", [QUERY, VALUE, KEY], SCALED)
ROWS += rows("Attention", [QUERY, VALUE, floats(2, 3, 6)], [{}])
ROWS += rows("AdditiveAttention", [QUERY, VALUE, KEY], [{}, {"use_scale": False}])
