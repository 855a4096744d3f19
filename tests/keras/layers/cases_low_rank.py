"""Layers with a low-rank update, as compared with stock Keras."""

from __future__ import annotations

from tests.keras.layers.check_layer import Case

CASES: dict[str, Case] = {
    "Dense of low rank": Case(
        lambda k: k.layers.Dense(3, lora_rank=2, kernel_regularizer="l2"), [(4, 7)]
    ),
    "EinsumDense of low rank": Case(
        lambda k: k.layers.EinsumDense("abc,cde->abde", (6, 4, 2), lora_rank=2, lora_alpha=3),
        [(3, 6, 5)],
    ),
    "Embedding of low rank": Case(
        lambda k: k.layers.Embedding(9, 4, lora_rank=2, mask_zero=True), [(3, 5)], below=9
    ),
    "Conv2D of low rank": Case(
        lambda k: k.layers.Conv2D(3, 2, lora_rank=2, lora_alpha=3, use_bias=False), [(2, 5, 4, 3)]
    ),
}
