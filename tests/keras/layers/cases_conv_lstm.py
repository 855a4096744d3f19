"""Convolutional LSTMs as compared with stock Keras."""

from __future__ import annotations

from tests.keras.layers.check_layer import Case

LINES = [(2, 3, 6, 2)]
IMAGES = [(2, 3, 5, 4, 2)]
VOLUMES = [(2, 2, 3, 4, 3, 2)]

CASES: dict[str, Case] = {
    "ConvLSTM1D": Case(lambda k: k.layers.ConvLSTM1D(3, 3), LINES),
    "ConvLSTM1D strides, same, no bias": Case(
        lambda k: k.layers.ConvLSTM1D(
            3,
            2,
            strides=2,
            padding="same",
            use_bias=False,
            return_sequences=True,
            return_state=True,
        ),
        LINES,
    ),
    "ConvLSTM2D": Case(
        lambda k: k.layers.ConvLSTM2D(2, (3, 2), padding="same", return_sequences=True), IMAGES
    ),
    "ConvLSTM2D dilated, backwards": Case(
        lambda k: k.layers.ConvLSTM2D(
            2,
            2,
            dilation_rate=(2, 1),
            go_backwards=True,
            return_state=True,
            unit_forget_bias=False,
            activation="relu",
            recurrent_activation="hard_sigmoid",
        ),
        IMAGES,
    ),
    "ConvLSTM2D channels first": Case(
        lambda k: k.layers.ConvLSTM2D(
            2, 2, data_format="channels_first", return_sequences=True, kernel_regularizer="l2"
        ),
        [(2, 3, 2, 5, 4)],
    ),
    "ConvLSTM3D": Case(lambda k: k.layers.ConvLSTM3D(2, 2), VOLUMES),
}
