"""Convolutional LSTM over sequences of images."""

from __future__ import annotations

from bigdl_keras.layers.rnn.base_conv_lstm import BaseConvLSTM


class ConvLSTM2D(BaseConvLSTM):
    """Convolutional LSTM over sequences of images: 2 spatial axes.

    Source: https://keras.io/api/layers/recurrent_layers/conv_lstm2d/
    """

    rank = 2
