"""Additive Gaussian noise."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.builtin_layer import BuiltinLayer


class GaussianNoise(BuiltinLayer):
    """Adds normal noise of standard deviation `stddev` while training.

    Source: https://keras.io/api/layers/regularization_layers/gaussian_noise/
    """

    def __init__(self, stddev: float, seed: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= stddev <= 1:
            raise ValueError(
                "Invalid value received for argument `stddev`. Expected a float value between 0 and 1. "
                f"Received: stddev={stddev}"
            )
        self.stddev = stddev
        self.seed = seed
        if stddev > 0:
            self.seed_generator = random.SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Add noise when training; the inputs unchanged otherwise."""
        if not training or self.stddev == 0:
            return inputs
        noise = random.normal(
            inputs.shape, stddev=self.stddev, dtype=self.compute_dtype, seed=self.seed_generator
        )
        return ops.add(inputs, noise)
