"""Dropout (Srivastava et al. 2014)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import random
from bigdl_keras.layers.builtin_layer import BuiltinLayer


class Dropout(BuiltinLayer):
    """Sets a share `rate` of the inputs to zero while training and scales up the others.

    Source: https://keras.io/api/layers/regularization_layers/dropout/
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.rate = checked_rate(rate)
        self.noise_shape = noise_shape
        self.seed = seed
        if rate > 0:
            self.seed_generator = random.SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Drop when training; the inputs unchanged otherwise."""
        if not training or self.rate == 0:
            return inputs
        return random.dropout(
            inputs, self.rate, noise_shape=self._noise_shape(inputs), seed=self.seed_generator
        )

    def _noise_shape(self, inputs: Any) -> Any:
        if self.noise_shape is None:
            return None
        pairs = zip(self.noise_shape, inputs.shape, strict=True)
        return tuple(size if given is None else given for given, size in pairs)


def checked_rate(rate: float) -> float:
    """`rate`; ValueError when it is not a number from 0 to 1."""
    if not isinstance(rate, int | float) or not 0 <= rate <= 1:
        raise ValueError(
            f"Invalid value received for argument `rate`. Expected a float value between 0 and 1. Received: rate={rate}"
        )
    return rate
