"""Global average pooling, 2-D."""

from bigdl_keras.layers.pooling.base_global_pooling import BaseGlobalPooling


class GlobalAveragePooling2D(BaseGlobalPooling):
    """Average over all of 2 spatial axes.

    Source: https://keras.io/api/layers/pooling_layers/global_average_pooling2d/
    """

    rank = 2
    mode = "average"
