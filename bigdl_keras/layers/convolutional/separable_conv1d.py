"""Separable convolution over sequences."""

from __future__ import annotations

from bigdl_keras.layers.convolutional.base_separable_conv import BaseSeparableConv


class SeparableConv1D(BaseSeparableConv):
    """Depthwise, then pointwise convolution over sequences.

    Source: https://keras.io/api/layers/convolution_layers/separable_convolution1d/
    """

    rank = 1
