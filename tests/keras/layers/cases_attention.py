"""Attention of several heads, as compared with stock Keras."""

from __future__ import annotations

import numpy as np

from tests.keras.layers.check_layer import Case

ATTENDED = [(2, 4, 6), (2, 3, 6)]
ALONE = [(2, 4, 6), (2, 4, 6)]
ALLOWED = np.random.default_rng(0).random((1, 4, 4)) < 0.6
# The first query sees nothing.
ALLOWED[:, 0] = False

CASES: dict[str, Case] = {
    "MultiHeadAttention sizes, gate, window": Case(
        lambda k: k.layers.MultiHeadAttention(
            2, 3, output_shape=5, use_gate=True, sliding_window=2
        ),
        ALONE,
        spread=True,
    ),
    "MultiHeadAttention key, mask, scores": Case(
        lambda k: k.layers.MultiHeadAttention(2, 3),
        # Of one length: stock Keras says a wrong shape for scores of two.
        [*ALONE, (2, 4, 6)],
        spread=True,
        arguments={"attention_mask": ALLOWED, "return_attention_scores": True},
        trains=False,  # stock Keras does not train with a constant mask
    ),
    "MultiHeadAttention mask without scores": Case(
        lambda k: k.layers.MultiHeadAttention(2, 3),
        ALONE,
        spread=True,
        arguments={"attention_mask": ALLOWED},
        trains=False,
    ),
    "MultiHeadAttention over axes": Case(
        lambda k: k.layers.MultiHeadAttention(2, 3, attention_axes=(1, 2)),
        [(2, 3, 2, 4), (2, 2, 3, 4)],
        spread=True,
    ),
    "GroupQueryAttention": Case(
        lambda k: k.layers.GroupQueryAttention(3, 4, 2, kernel_regularizer="l2"),
        ATTENDED,
        spread=True,
    ),
    "GroupQueryAttention causal, gate, window, scores": Case(
        lambda k: k.layers.GroupQueryAttention(
            3, 4, 1, use_gate=True, use_bias=False, sliding_window=2
        ),
        ALONE,
        spread=True,
        arguments={"use_causal_mask": True, "return_attention_scores": True},
    ),
}
