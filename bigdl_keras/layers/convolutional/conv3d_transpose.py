"""Transposed convolution over volumes."""

from __future__ import annotations

from bigdl_keras.layers.convolutional.base_conv_transpose import BaseConvTranspose


class Conv3DTranspose(BaseConvTranspose):
    """The adjoint of a convolution over volumes.

    Source: https://keras.io/api/layers/convolution_layers/convolution3d_transpose/
    """

    rank = 3
