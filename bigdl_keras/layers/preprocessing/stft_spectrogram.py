"""Spectrograms of signals, by convolutions whose kernels can be trained."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from bigdl_keras import config, initializers, ops
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.input_spec import InputSpec

_MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


class STFTSpectrogram(BuiltinLayer):
    """The short-time Fourier transform of each channel of signals [batch, time, channels].

    The outputs are [batch, time, channels * frequencies], or, with `expand_dims`, images
    [batch, time, frequencies, channels]; channels come second with that `data_format`.

    Source: https://keras.io/api/layers/preprocessing_layers/audio_preprocessing/stft_spectrogram/
    """

    def __init__(
        self,
        mode: str = "log",
        frame_length: int = 256,
        frame_step: int | None = None,
        fft_length: int | None = None,
        window: Any = "hann",
        periodic: bool = False,
        scaling: str | None = "density",
        padding: str = "valid",
        expand_dims: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        if frame_step is not None and not 1 <= frame_step <= frame_length:
            raise ValueError(
                "`frame_step` should be a positive integer not greater than `frame_length`. "
                f"Received frame_step={frame_step}, frame_length={frame_length}"
            )
        if fft_length is not None and fft_length < frame_length:
            raise ValueError(
                "`fft_length` should be not less than `frame_length`. Received "
                f"fft_length={fft_length}, frame_length={frame_length}"
            )
        if fft_length is not None and fft_length & (fft_length - 1):
            warnings.warn(
                "`fft_length` is recommended to be a power of two. "
                f"Received fft_length={fft_length}",
                stacklevel=2,
            )
        if mode not in _MODES:
            raise ValueError(
                f"Output mode is invalid, it must be one of {', '.join(_MODES)}. "
                f"Received: mode={mode}"
            )
        if padding not in ("valid", "same"):
            raise ValueError(
                f"Padding is invalid, it should be 'valid', 'same'. Received: padding={padding}"
            )
        super().__init__(**kwargs)
        self.mode = mode
        self.frame_length = frame_length
        self.frame_step = frame_step
        self.fft_length = fft_length
        named = window is None or isinstance(window, str)
        self.window = window if named else np.asarray(window).tolist()
        self.periodic = periodic
        self.scaling = scaling
        self.padding = padding
        self.expand_dims = expand_dims
        self.data_format = config.standardize_data_format(data_format)
        self._step = frame_step or frame_length // 2
        transform = fft_length or 2 ** math.ceil(math.log2(frame_length))
        self._frequencies = transform // 2 + 1
        # Made here so that a wrong window or scaling is told at once.
        self._kernels = {
            f"{side}_kernel": initializers.STFT(side, window, scaling, periodic)
            for side, without in (("real", "imag"), ("imag", "real"))
            if mode != without
        }
        self.input_spec = InputSpec(ndim=3)

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make the kernels of the transform."""
        shape = (self.frame_length, 1, self._frequencies)
        for name, initializer in self._kernels.items():
            setattr(self, name, self.add_weight(shape, initializer, name=name))

    def call(self, inputs: Any) -> Any:
        """Transform, and take what the mode asks for."""
        if inputs.dtype not in ("float16", "float32", "float64"):
            raise TypeError(
                "Invalid input type. Expected `float16`, `float32` or `float64`. "
                f"Received: input type={inputs.dtype}"
            )
        parts = [self._transformed(inputs, getattr(self, name)) for name in self._kernels]
        return self._arranged(self._taken(parts))

    def _taken(self, parts: Sequence[Any]) -> Any:
        """What the mode asks for of real and imaginary parts [batch, channels, time, frequencies]."""
        if self.mode in ("real", "imag"):
            return parts[0]
        if self.mode == "stft":
            return ops.concatenate(parts, axis=-1)
        real, imaginary = parts
        if self.mode == "angle":
            return ops.arctan2(imaginary, real)
        power = ops.square(real) + ops.square(imaginary)
        if self.mode == "psd":
            # The frequencies of the other half of the spectrum, which mirrors this one.
            edges = [(0, 0), (0, 0), (0, 0), (1, 1)]
            return power + ops.pad(power[..., 1:-1], edges)
        magnitude = ops.sqrt(ops.maximum(power, config.epsilon()))
        if self.mode == "magnitude":
            return magnitude
        return ops.log(ops.maximum(magnitude, config.epsilon()))

    def _transformed(self, inputs: Any, kernel: Any) -> Any:
        """Every channel transformed by itself: [batch, channels, time, frequencies]."""
        if self.data_format == "channels_last":
            inputs = ops.swapaxes(inputs, 1, 2)
        _, channels, time = inputs.shape
        frames = ops.conv(
            ops.reshape(inputs, (-1, time, 1)),
            ops.cast(kernel, inputs.dtype),
            strides=self._step,
            padding=self.padding,
            data_format="channels_last",
        )
        return ops.reshape(frames, (-1, channels, frames.shape[1], self._frequencies))

    def _arranged(self, outputs: Any) -> Any:
        """[batch, channels, time, frequencies] in the order of axes asked for."""
        last = self.data_format == "channels_last"
        if self.expand_dims:
            return ops.transpose(outputs, (0, 2, 3, 1)) if last else outputs
        _, channels, time, frequencies = outputs.shape
        merged = channels * frequencies
        if last:
            return ops.reshape(ops.swapaxes(outputs, 1, 2), (-1, time, merged))
        return ops.reshape(ops.swapaxes(outputs, 2, 3), (-1, merged, time))

    def compute_output_shape(self, input_shape: Sequence[Any]) -> tuple[Any, ...]:
        """The shape of the spectrogram."""
        last = self.data_format == "channels_last"
        batch = input_shape[0]
        time, channels = input_shape[1:] if last else input_shape[:0:-1]
        if time is not None:
            covered = time - self.frame_length if self.padding == "valid" else time - 1
            time = covered // self._step + 1
        frequencies = self._frequencies * (2 if self.mode == "stft" else 1)
        if self.expand_dims:
            image = (time, frequencies, channels) if last else (channels, time, frequencies)
            return (batch, *image)
        merged = channels * frequencies
        return (batch, time, merged) if last else (batch, merged, time)
