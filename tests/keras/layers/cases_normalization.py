"""Normalisations beyond the usual, as compared with stock Keras."""

from __future__ import annotations

from tests.keras.layers.check_layer import Case

IMAGES = [(2, 4, 3, 5)]

CASES: dict[str, Case] = {
    "BatchNormalization renormalised": Case(
        lambda k: k.layers.BatchNormalization(renorm=True), IMAGES
    ),
    "BatchNormalization renormalised, clipped, axis 1": Case(
        lambda k: k.layers.BatchNormalization(
            axis=1,
            renorm=True,
            renorm_clipping={"rmin": 0.5, "rmax": 1.5, "dmax": 0.3},
            renorm_momentum=0.7,
            scale=False,
        ),
        IMAGES,
    ),
    "LayerNormalization rms_scaling": Case(
        lambda k: k.layers.LayerNormalization(rms_scaling=True), IMAGES
    ),
}
