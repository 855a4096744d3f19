"""Convolutional LSTM over sequences of volumes."""

from __future__ import annotations

from bigdl_keras.layers.rnn.base_conv_lstm import BaseConvLSTM


class ConvLSTM3D(BaseConvLSTM):
    """Convolutional LSTM over sequences of volumes: 3 spatial axes.

    Source: https://keras.io/api/layers/recurrent_layers/conv_lstm3d/
    """

    rank = 3
