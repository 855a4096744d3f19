"""Transposed convolution over sequences."""

from __future__ import annotations

from bigdl_keras.layers.convolutional.base_conv_transpose import BaseConvTranspose


class Conv1DTranspose(BaseConvTranspose):
    """The adjoint of a convolution over sequences.

    Source: https://keras.io/api/layers/convolution_layers/convolution1d_transpose/
    """

    rank = 1
