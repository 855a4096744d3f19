"""Global max pooling, 2-D."""

from bigdl_keras.layers.pooling.base_global_pooling import BaseGlobalPooling


class GlobalMaxPooling2D(BaseGlobalPooling):
    """Max over all of 2 spatial axes.

    Source: https://keras.io/api/layers/pooling_layers/global_max_pooling2d/
    """

    rank = 2
    mode = "max"
