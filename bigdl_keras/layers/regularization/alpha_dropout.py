"""Alpha dropout (Klambauer et al. 2017)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.regularization.dropout import checked_rate

# The value a dropped unit takes: -lambda * alpha of SELU.
_DROPPED = -1.0507009873554804934193349852946 * 1.6732632423543772848170429916717


class AlphaDropout(BuiltinLayer):
    """Dropout that keeps the mean and variance of SELU activations.

    Source: https://keras.io/api/layers/regularization_layers/alpha_dropout/
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
        given = self.noise_shape or (None,) * len(inputs.shape)
        shape = tuple(s if g is None else g for g, s in zip(given, inputs.shape, strict=True))
        kept = ops.greater_equal(random.uniform(shape, seed=self.seed_generator), self.rate)
        scale = ((1 - self.rate) * (1 + self.rate * _DROPPED**2)) ** -0.5
        shift = -scale * _DROPPED * self.rate
        return ops.add(ops.multiply(ops.where(kept, inputs, _DROPPED), scale), shift)
