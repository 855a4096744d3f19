"""Separable convolution over images."""

from __future__ import annotations

from bigdl_keras.layers.convolutional.base_separable_conv import BaseSeparableConv


class SeparableConv2D(BaseSeparableConv):
    """Depthwise, then pointwise convolution over images.

    Source: https://keras.io/api/layers/convolution_layers/separable_convolution2d/
    """

    rank = 2
