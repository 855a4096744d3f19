"""Mean pooling to a given size, 1-D."""

from __future__ import annotations

from bigdl_keras.layers.pooling.base_adaptive_pooling import BaseAdaptivePooling


class AdaptiveAveragePooling1D(BaseAdaptivePooling):
    """Mean pooling to a given size of 1 spatial axis.

    Source: https://keras.io/api/layers/pooling_layers/adaptive_average_pooling1d/
    """

    rank = 1
    mode = "average"
