"""Transposed convolution over images."""

from __future__ import annotations

from bigdl_keras.layers.convolutional.base_conv_transpose import BaseConvTranspose


class Conv2DTranspose(BaseConvTranspose):
    """The adjoint of a convolution over images.

    Source: https://keras.io/api/layers/convolution_layers/convolution2d_transpose/
    """

    rank = 2
