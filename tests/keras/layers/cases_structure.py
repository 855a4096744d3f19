"""Adaptive pooling, wrappers and embeddings read backwards, as compared with stock Keras."""

from __future__ import annotations

from tests.keras.layers.check_layer import Case

SERIES = [(2, 7, 3)]
IMAGES = [(2, 5, 6, 3)]
VOLUMES = [(2, 4, 3, 5, 2)]

CASES: dict[str, Case] = {
    "AdaptiveAveragePooling1D": Case(lambda k: k.layers.AdaptiveAveragePooling1D(3), SERIES),
    "AdaptiveAveragePooling2D": Case(
        lambda k: k.layers.AdaptiveAveragePooling2D((2, 4), data_format="channels_first"),
        [(2, 3, 5, 6)],
    ),
    "AdaptiveAveragePooling3D": Case(lambda k: k.layers.AdaptiveAveragePooling3D(2), VOLUMES),
    "AdaptiveMaxPooling1D": Case(lambda k: k.layers.AdaptiveMaxPooling1D((3,)), SERIES),
    "AdaptiveMaxPooling2D": Case(lambda k: k.layers.AdaptiveMaxPooling2D([2, 4]), IMAGES),
    "AdaptiveMaxPooling3D": Case(lambda k: k.layers.AdaptiveMaxPooling3D((2, 3, 2)), VOLUMES),
    "ReversibleEmbedding": Case(
        lambda k: k.layers.ReversibleEmbedding(9, 4, mask_zero=True), [(3, 5)], below=9
    ),
    "ReversibleEmbedding reversed": Case(
        lambda k: k.layers.ReversibleEmbedding(9, 4, logit_soft_cap=0.5),
        [(3, 5, 4)],
        arguments={"reverse": True},
    ),
    "ReversibleEmbedding reversed, untied": Case(
        lambda k: k.layers.ReversibleEmbedding(9, 4, tie_weights=False),
        [(3, 5, 4)],
        arguments={"reverse": True},
    ),
    "SpectralNormalization": Case(
        lambda k: k.layers.SpectralNormalization(k.layers.Dense(4)), [(3, 5)]
    ),
    "SpectralNormalization of Conv2D": Case(
        lambda k: k.layers.SpectralNormalization(k.layers.Conv2D(2, 2), power_iterations=3), IMAGES
    ),
}
