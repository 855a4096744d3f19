"""Global max pooling, 1-D."""

from bigdl_keras.layers.pooling.base_global_pooling import BaseGlobalPooling


class GlobalMaxPooling1D(BaseGlobalPooling):
    """Max over all of 1 spatial axis.

    Source: https://keras.io/api/layers/pooling_layers/global_max_pooling1d/
    """

    rank = 1
    mode = "max"
