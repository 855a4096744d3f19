"""The layers that are compared with stock Keras: name of the case -> how the layer is made and called."""

from __future__ import annotations

from tests.keras.layers.check_layer import Case

FLAT = [(4, 7)]
SERIES = [(3, 6, 5)]
IMAGES = [(2, 9, 8, 4)]
VOLUMES = [(2, 5, 6, 4, 3)]
PAIR = [(3, 4, 5), (3, 4, 5)]
ATTENDED = [(2, 5, 6), (2, 4, 6)]


def masked(length: int, batch: int):
    import numpy as np

    return np.arange(length)[None, :] < np.array([[length], [2], [length - 1]])[:batch]


CASES: dict[str, Case] = {
    "Dense": Case(lambda k: k.layers.Dense(3, activation="relu"), FLAT),
    "Dense no bias, rank 3": Case(lambda k: k.layers.Dense(3, use_bias=False), SERIES),
    "Dense regularised": Case(
        lambda k: k.layers.Dense(
            3,
            kernel_regularizer=k.regularizers.L2(0.1),
            bias_regularizer="l1",
            activity_regularizer="l2",
        ),
        FLAT,
    ),
    "EinsumDense": Case(
        lambda k: k.layers.EinsumDense("abc,cd->abd", (6, 4), bias_axes="d"), SERIES
    ),
    "EinsumDense ellipsis": Case(
        lambda k: k.layers.EinsumDense("...x,xy->...y", 4, "tanh", "y"), SERIES
    ),
    "Embedding": Case(lambda k: k.layers.Embedding(9, 4), [(3, 5)], below=9),
    "Embedding masked": Case(lambda k: k.layers.Embedding(9, 4, mask_zero=True), [(3, 5)], below=9),
    "Identity": Case(lambda k: k.layers.Identity(), FLAT),
    "Masking": Case(lambda k: k.layers.Masking(0.5), SERIES),
    "Activation": Case(lambda k: k.layers.Activation("gelu"), FLAT),
    "ReLU": Case(lambda k: k.layers.ReLU(1.0, 0.1, 0.2), FLAT),
    "LeakyReLU": Case(lambda k: k.layers.LeakyReLU(0.2), FLAT),
    "PReLU": Case(lambda k: k.layers.PReLU(shared_axes=[1]), SERIES),
    "ELU": Case(lambda k: k.layers.ELU(0.7), FLAT),
    "Softmax": Case(lambda k: k.layers.Softmax(axis=1), SERIES),
    "Conv1D": Case(lambda k: k.layers.Conv1D(4, 3, activation="relu"), SERIES),
    "Conv1D causal, dilated": Case(
        lambda k: k.layers.Conv1D(4, 2, padding="causal", dilation_rate=2), SERIES
    ),
    "Conv1D same, strides": Case(
        lambda k: k.layers.Conv1D(4, 3, strides=2, padding="same"), SERIES
    ),
    "Conv2D": Case(lambda k: k.layers.Conv2D(5, (3, 2), strides=(2, 1), activation="tanh"), IMAGES),
    "Conv2D same, groups": Case(lambda k: k.layers.Conv2D(6, 3, padding="same", groups=2), IMAGES),
    "Conv2D dilated, no bias": Case(
        lambda k: k.layers.Conv2D(3, 2, dilation_rate=(2, 3), use_bias=False), IMAGES
    ),
    "Conv3D": Case(lambda k: k.layers.Conv3D(4, 2, padding="same"), VOLUMES),
    "Conv3D strides": Case(lambda k: k.layers.Conv3D(4, (2, 3, 2), strides=(1, 2, 2)), VOLUMES),
    "DepthwiseConv1D": Case(lambda k: k.layers.DepthwiseConv1D(3, depth_multiplier=2), SERIES),
    "DepthwiseConv2D": Case(
        lambda k: k.layers.DepthwiseConv2D(3, strides=2, padding="same"), IMAGES
    ),
    "DepthwiseConv2D multiplied": Case(
        lambda k: k.layers.DepthwiseConv2D((2, 3), depth_multiplier=2), IMAGES
    ),
    "SeparableConv1D": Case(lambda k: k.layers.SeparableConv1D(4, 3, padding="same"), SERIES),
    "SeparableConv2D": Case(
        lambda k: k.layers.SeparableConv2D(4, 3, depth_multiplier=2, strides=2), IMAGES
    ),
    "Conv1DTranspose": Case(
        lambda k: k.layers.Conv1DTranspose(4, 3, strides=2, padding="same"), SERIES
    ),
    "Conv2DTranspose": Case(
        lambda k: k.layers.Conv2DTranspose(4, 3, strides=2, activation="relu"), IMAGES
    ),
    "Conv2DTranspose dilated": Case(
        lambda k: k.layers.Conv2DTranspose(4, (3, 2), dilation_rate=2, padding="same"), IMAGES
    ),
    "Conv2DTranspose output padding": Case(
        lambda k: k.layers.Conv2DTranspose(4, 3, strides=2, padding="same", output_padding=1),
        IMAGES,
    ),
    "Conv3DTranspose": Case(lambda k: k.layers.Conv3DTranspose(3, 2, strides=(1, 2, 1)), VOLUMES),
    "MaxPooling1D": Case(lambda k: k.layers.MaxPooling1D(2), SERIES),
    "MaxPooling2D": Case(
        lambda k: k.layers.MaxPooling2D((3, 2), strides=(2, 1), padding="same"), IMAGES
    ),
    "MaxPooling3D": Case(lambda k: k.layers.MaxPooling3D(2), VOLUMES),
    "AveragePooling1D": Case(lambda k: k.layers.AveragePooling1D(3, 2, padding="same"), SERIES),
    "AveragePooling2D": Case(lambda k: k.layers.AveragePooling2D(2, padding="same"), IMAGES),
    "AveragePooling3D": Case(lambda k: k.layers.AveragePooling3D(2), VOLUMES),
    "GlobalMaxPooling1D": Case(lambda k: k.layers.GlobalMaxPooling1D(), SERIES),
    "GlobalMaxPooling2D": Case(lambda k: k.layers.GlobalMaxPooling2D(keepdims=True), IMAGES),
    "GlobalMaxPooling3D": Case(lambda k: k.layers.GlobalMaxPooling3D(), VOLUMES),
    "GlobalAveragePooling1D": Case(lambda k: k.layers.GlobalAveragePooling1D(), SERIES),
    "GlobalAveragePooling2D": Case(lambda k: k.layers.GlobalAveragePooling2D(), IMAGES),
    "GlobalAveragePooling3D": Case(
        lambda k: k.layers.GlobalAveragePooling3D(keepdims=True), VOLUMES
    ),
    "BatchNormalization": Case(lambda k: k.layers.BatchNormalization(), IMAGES),
    "BatchNormalization axis 1": Case(
        lambda k: k.layers.BatchNormalization(axis=1, scale=False, momentum=0.8), IMAGES
    ),
    "LayerNormalization": Case(lambda k: k.layers.LayerNormalization(), SERIES),
    "LayerNormalization axes": Case(
        lambda k: k.layers.LayerNormalization(axis=[1, 2], center=False), SERIES
    ),
    "GroupNormalization": Case(lambda k: k.layers.GroupNormalization(2), IMAGES),
    "RMSNormalization": Case(lambda k: k.layers.RMSNormalization(), SERIES),
    "UnitNormalization": Case(lambda k: k.layers.UnitNormalization(), SERIES),
    "Dropout": Case(lambda k: k.layers.Dropout(0.4, seed=1), FLAT, trains=False),
    "SpatialDropout1D": Case(
        lambda k: k.layers.SpatialDropout1D(0.4, seed=1), SERIES, trains=False
    ),
    "SpatialDropout2D": Case(
        lambda k: k.layers.SpatialDropout2D(0.4, seed=1), IMAGES, trains=False
    ),
    "SpatialDropout3D": Case(
        lambda k: k.layers.SpatialDropout3D(0.4, seed=1), VOLUMES, trains=False
    ),
    "GaussianNoise": Case(lambda k: k.layers.GaussianNoise(0.4, seed=1), FLAT, trains=False),
    "GaussianDropout": Case(lambda k: k.layers.GaussianDropout(0.4, seed=1), FLAT, trains=False),
    "AlphaDropout": Case(lambda k: k.layers.AlphaDropout(0.4, seed=1), FLAT, trains=False),
    "ActivityRegularization": Case(lambda k: k.layers.ActivityRegularization(0.1, 0.2), FLAT),
    "Flatten": Case(lambda k: k.layers.Flatten(), IMAGES),
    "Flatten channels first": Case(lambda k: k.layers.Flatten("channels_first"), IMAGES),
    "Reshape": Case(lambda k: k.layers.Reshape((-1, 2, 3)), SERIES),
    "Permute": Case(lambda k: k.layers.Permute((2, 1)), SERIES),
    "RepeatVector": Case(lambda k: k.layers.RepeatVector(3), FLAT),
    "ZeroPadding1D": Case(lambda k: k.layers.ZeroPadding1D((1, 2)), SERIES),
    "ZeroPadding2D": Case(lambda k: k.layers.ZeroPadding2D(((1, 0), (2, 3))), IMAGES),
    "ZeroPadding3D": Case(lambda k: k.layers.ZeroPadding3D(1), VOLUMES),
    "Cropping1D": Case(lambda k: k.layers.Cropping1D((1, 2)), SERIES),
    "Cropping2D": Case(lambda k: k.layers.Cropping2D(((1, 0), (2, 3))), IMAGES),
    "Cropping3D": Case(lambda k: k.layers.Cropping3D(((1, 1), (2, 1), (0, 1))), VOLUMES),
    "UpSampling1D": Case(lambda k: k.layers.UpSampling1D(2), SERIES),
    "UpSampling2D": Case(lambda k: k.layers.UpSampling2D((2, 3)), IMAGES),
    "UpSampling3D": Case(lambda k: k.layers.UpSampling3D(2), VOLUMES),
    "Add": Case(lambda k: k.layers.Add(), PAIR),
    "Add broadcast": Case(lambda k: k.layers.Add(), [(3, 4, 5), (3, 5)]),
    "Subtract": Case(lambda k: k.layers.Subtract(), PAIR),
    "Multiply": Case(lambda k: k.layers.Multiply(), PAIR),
    "Average": Case(lambda k: k.layers.Average(), PAIR),
    "Maximum": Case(lambda k: k.layers.Maximum(), PAIR),
    "Minimum": Case(lambda k: k.layers.Minimum(), PAIR),
    "Concatenate": Case(lambda k: k.layers.Concatenate(axis=1), PAIR),
    "Dot": Case(lambda k: k.layers.Dot(axes=(2, 2)), PAIR),
    "Dot normalised": Case(lambda k: k.layers.Dot(axes=1, normalize=True), [(3, 4), (3, 4)]),
    "Rescaling": Case(lambda k: k.layers.Rescaling(0.5, 1.0), IMAGES),
    "Normalization": Case(
        lambda k: k.layers.Normalization(mean=[1.0] * 7, variance=[4.0] * 7), FLAT
    ),
    "SimpleRNN": Case(lambda k: k.layers.SimpleRNN(4), SERIES),
    "SimpleRNN sequences, state": Case(
        lambda k: k.layers.SimpleRNN(4, return_sequences=True, return_state=True), SERIES
    ),
    "LSTM": Case(lambda k: k.layers.LSTM(4), SERIES),
    "LSTM sequences, state, backwards": Case(
        lambda k: k.layers.LSTM(4, return_sequences=True, return_state=True, go_backwards=True),
        SERIES,
    ),
    "LSTM masked": Case(lambda k: k.layers.LSTM(4), SERIES, mask=masked(6, 3)),
    "LSTM other activations": Case(
        lambda k: k.layers.LSTM(
            4, activation="relu", recurrent_activation="hard_sigmoid", use_bias=False
        ),
        SERIES,
    ),
    "LSTM unrolled": Case(lambda k: k.layers.LSTM(3, unroll=True, unit_forget_bias=False), SERIES),
    "GRU": Case(lambda k: k.layers.GRU(4), SERIES),
    "GRU reset before": Case(
        lambda k: k.layers.GRU(4, reset_after=False, return_sequences=True), SERIES
    ),
    "GRU masked": Case(lambda k: k.layers.GRU(4, return_sequences=True), SERIES, mask=masked(6, 3)),
    "RNN": Case(lambda k: k.layers.RNN(k.layers.GRUCell(4), return_sequences=True), SERIES),
    "RNN stacked": Case(
        lambda k: k.layers.RNN(
            [k.layers.LSTMCell(4), k.layers.SimpleRNNCell(3)], return_sequences=True
        ),
        SERIES,
    ),
    "Bidirectional LSTM": Case(
        lambda k: k.layers.Bidirectional(k.layers.LSTM(3, return_sequences=True)), SERIES
    ),
    "Bidirectional GRU sum": Case(
        lambda k: k.layers.Bidirectional(k.layers.GRU(3), merge_mode="sum"), SERIES
    ),
    "Bidirectional masked": Case(
        lambda k: k.layers.Bidirectional(k.layers.LSTM(3, return_sequences=True)),
        SERIES,
        mask=masked(6, 3),
    ),
    "TimeDistributed": Case(lambda k: k.layers.TimeDistributed(k.layers.Dense(3)), SERIES),
    "TimeDistributed Conv2D": Case(
        lambda k: k.layers.TimeDistributed(k.layers.Conv2D(2, 2)), VOLUMES
    ),
    "MultiHeadAttention": Case(lambda k: k.layers.MultiHeadAttention(2, 3), ATTENDED, spread=True),
    "MultiHeadAttention causal": Case(
        lambda k: k.layers.MultiHeadAttention(2, 3, use_bias=False),
        [(2, 5, 6), (2, 5, 6)],
        spread=True,
        arguments={"use_causal_mask": True},
    ),
    "Attention": Case(lambda k: k.layers.Attention(use_scale=True), ATTENDED),
    "Attention concat": Case(lambda k: k.layers.Attention(score_mode="concat"), ATTENDED),
    "AdditiveAttention": Case(lambda k: k.layers.AdditiveAttention(), ATTENDED),
}
