"""Mean pooling to a given size, 3-D."""

from __future__ import annotations

from bigdl_keras.layers.pooling.base_adaptive_pooling import BaseAdaptivePooling


class AdaptiveAveragePooling3D(BaseAdaptivePooling):
    """Mean pooling to a given size of 3 spatial axes.

    Source: https://keras.io/api/layers/pooling_layers/adaptive_average_pooling3d/
    """

    rank = 3
    mode = "average"
