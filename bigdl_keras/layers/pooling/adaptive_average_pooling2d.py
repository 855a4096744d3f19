"""Mean pooling to a given size, 2-D."""

from __future__ import annotations

from bigdl_keras.layers.pooling.base_adaptive_pooling import BaseAdaptivePooling


class AdaptiveAveragePooling2D(BaseAdaptivePooling):
    """Mean pooling to a given size of 2 spatial axes.

    Source: https://keras.io/api/layers/pooling_layers/adaptive_average_pooling2d/
    """

    rank = 2
    mode = "average"
