"""Max pooling to a given size, 3-D."""

from __future__ import annotations

from bigdl_keras.layers.pooling.base_adaptive_pooling import BaseAdaptivePooling


class AdaptiveMaxPooling3D(BaseAdaptivePooling):
    """Max pooling to a given size of 3 spatial axes.

    Source: https://keras.io/api/layers/pooling_layers/adaptive_max_pooling3d/
    """

    rank = 3
    mode = "max"
