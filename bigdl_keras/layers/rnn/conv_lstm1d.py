"""Convolutional LSTM over sequences of lines."""

from __future__ import annotations

from bigdl_keras.layers.rnn.base_conv_lstm import BaseConvLSTM


class ConvLSTM1D(BaseConvLSTM):
    """Convolutional LSTM over sequences of lines: 1 spatial axis.

    Source: https://keras.io/api/layers/recurrent_layers/conv_lstm1d/
    """

    rank = 1
