"""Mel spectrograms of audio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bigdl_keras import ops
from bigdl_keras.layers.builtin_layer import BuiltinLayer

# The mel scale of the Hidden Markov Model Toolkit: 2595 log10(1 + f / 700).
_BREAK_HERTZ = 700.0
_HIGH_Q = 1127.0


class MelSpectrogram(BuiltinLayer):
    """Audio [..., samples] as energies of bands of the mel scale, in decibels: [..., num_mel_bins, time].

    Source: https://keras.io/api/layers/preprocessing_layers/audio_preprocessing/mel_spectrogram/
    """

    def __init__(
        self,
        fft_length: int = 2048,
        sequence_stride: int = 512,
        sequence_length: int | None = None,
        window: Any = "hann",
        sampling_rate: int = 16000,
        num_mel_bins: int = 128,
        min_freq: float = 20.0,
        max_freq: float | None = None,
        power_to_db: bool = True,
        top_db: float = 80.0,
        mag_exp: float = 2.0,
        min_power: float = 1e-10,
        ref_power: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        sequence_length = sequence_length or fft_length
        if fft_length < sequence_length:
            raise ValueError(
                "`fft_length` must be greater than or equal to `sequence_length`. Received: "
                f"`sequence_length`={sequence_length}, `fft_length`={fft_length}."
            )
        self.fft_length = fft_length
        self.sequence_stride = sequence_stride
        self.sequence_length = sequence_length
        named = window is None or isinstance(window, str)
        self.window = window if named else np.asarray(window).tolist()
        self.sampling_rate = sampling_rate
        self.num_mel_bins = num_mel_bins
        self.min_freq = min_freq
        self.max_freq = max_freq or int(sampling_rate / 2)
        self.power_to_db = power_to_db
        self.top_db = top_db
        self.mag_exp = mag_exp
        self.min_power = min_power
        self.ref_power = ref_power
        self._allow_non_tensor_positional_args = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Transform windows, sum up bands, take logarithms."""
        dtype = self.compute_dtype if self.compute_dtype == "float64" else "float32"
        real, imaginary = ops.stft(
            ops.cast(inputs, dtype),
            sequence_length=self.sequence_length,
            sequence_stride=self.sequence_stride,
            fft_length=self.fft_length,
            window=self.window,
            center=True,
        )
        power = ops.power(ops.square(real) + ops.square(imaginary), self.mag_exp / 2)
        bands = self.linear_to_mel_weight_matrix(
            self.num_mel_bins,
            self.fft_length // 2 + 1,
            self.sampling_rate,
            self.min_freq,
            self.max_freq,
            dtype,
        )
        energies = ops.matmul(power, bands)
        if self.power_to_db:
            energies = self._decibels(energies)
        return ops.cast(ops.swapaxes(energies, -1, -2), self.compute_dtype)

    def _decibels(self, power: Any) -> Any:
        reference = np.log10(max(abs(self.ref_power), self.min_power))
        level = 10.0 * ops.log10(ops.maximum(power, self.min_power)) - 10.0 * float(reference)
        return ops.maximum(level, ops.max(level) - self.top_db)

    def linear_to_mel_weight_matrix(
        self,
        num_mel_bins: int = 20,
        num_spectrogram_bins: int = 129,
        sampling_rate: float = 8000,
        lower_edge_hertz: float = 125.0,
        upper_edge_hertz: float = 3800.0,
        dtype: str = "float32",
    ) -> np.ndarray:
        """What each frequency of a spectrum adds to each band: [num_spectrogram_bins, num_mel_bins].

        Bands are triangles on the mel scale, each from the peak of the one before to that of the next. The
        frequency 0 belongs to none.
        """
        hertz = np.linspace(0.0, sampling_rate / 2.0, num_spectrogram_bins)[1:, None]
        mel = _mel(hertz)
        corners = np.linspace(_mel(lower_edge_hertz), _mel(upper_edge_hertz), num_mel_bins + 2)
        lower, peak, upper = corners[:-2], corners[1:-1], corners[2:]
        rising, falling = (mel - lower) / (peak - lower), (upper - mel) / (upper - peak)
        weights = np.maximum(0.0, np.minimum(rising, falling))
        return np.pad(weights, [(1, 0), (0, 0)]).astype(dtype)

    def compute_output_shape(self, input_shape: Sequence[Any]) -> tuple[Any, ...]:
        """The shape of the spectrogram."""
        *leading, samples = input_shape
        # Half a window is added at both ends.
        added = self.fft_length % 2
        frames = None if samples is None else (samples - added) // self.sequence_stride + 1
        return (*leading, self.num_mel_bins, frames)


def _mel(hertz: Any) -> Any:
    return _HIGH_Q * np.log(1.0 + hertz / _BREAK_HERTZ)
