"""Max pooling to a given size, 1-D."""

from __future__ import annotations

from bigdl_keras.layers.pooling.base_adaptive_pooling import BaseAdaptivePooling


class AdaptiveMaxPooling1D(BaseAdaptivePooling):
    """Max pooling to a given size of 1 spatial axis.

    Source: https://keras.io/api/layers/pooling_layers/adaptive_max_pooling1d/
    """

    rank = 1
    mode = "max"
