"""Multiplicative Gaussian noise (Srivastava et al. 2014, section 10)."""

from __future__ import annotations

import math
from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.regularization.dropout import checked_rate


class GaussianDropout(BuiltinLayer):
    """Multiplies by normal noise of mean 1 and standard deviation ``sqrt(rate / (1 - rate))`` while training.

    Source: https://keras.io/api/layers/regularization_layers/gaussian_dropout/
    """

    def __init__(self, rate: float, seed: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = checked_rate(rate)
        self.seed = seed
        if rate > 0:
            self.seed_generator = random.SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Multiply when training; the inputs unchanged otherwise."""
        if not training or self.rate == 0:
            return inputs
        noise = random.normal(
            inputs.shape,
            mean=1.0,
            stddev=math.sqrt(self.rate / (1.0 - self.rate)),
            dtype=self.compute_dtype,
            seed=self.seed_generator,
        )
        return ops.multiply(inputs, noise)
