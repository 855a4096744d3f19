"""Global max pooling, 3-D."""

from bigdl_keras.layers.pooling.base_global_pooling import BaseGlobalPooling


class GlobalMaxPooling3D(BaseGlobalPooling):
    """Max over all of 3 spatial axes.

    Source: https://keras.io/api/layers/pooling_layers/global_max_pooling3d/
    """

    rank = 3
    mode = "max"
