"""A table of vectors."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from bigdl_keras import constraints, initializers, ops, regularizers
from bigdl_keras.layers.convolutional.arguments import positive
from bigdl_keras.layers.core.base_low_rank import BaseLowRank


class Embedding(BaseLowRank):
    """Looks up a vector of size `output_dim` for each integer below `input_dim`.

    With `mask_zero`, 0 is padding, and the layers behind are told so by a mask.

    Source: https://keras.io/api/layers/core_layers/embedding/
    """

    adapted = "embeddings"

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        if kwargs.pop("input_length", None) is not None:
            warnings.warn("Argument `input_length` is deprecated. Just remove it.", stacklevel=2)
        super().__init__(**kwargs)
        self.input_dim = positive(input_dim, "input_dim")
        self.output_dim = positive(output_dim, "output_dim")
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = mask_zero
        self.supports_masking = mask_zero
        self.autocast = False
        self._init_lora(lora_rank, lora_alpha)
        self._refuse_quantization(quantization_config)
        if weights is not None:
            self.build()
            self.set_weights(weights if isinstance(weights, list) else [weights])

    def build(self, input_shape: Sequence[Any] | None = None) -> None:
        """Make the table."""
        if self.built:
            return
        self._refuse_quantization(None)
        self._embeddings = self._add_parameter("embeddings", (self.input_dim, self.output_dim))
        self.built = True
        if self.lora_rank:
            # As in Keras, alpha is the rank then, whatever `lora_alpha` was given.
            self.enable_lora(self.lora_rank)

    @property
    def embeddings(self) -> Any:
        """The table ``(input_dim, output_dim)``, low-rank update included."""
        return self._adapted_value()

    def call(self, inputs: Any) -> Any:
        """Look up; integers of any shape."""
        if inputs.dtype not in ("int32", "int64", "uint8", "uint16", "uint32", "int8", "int16"):
            inputs = ops.cast(inputs, "int32")
        return ops.cast(ops.take(self.embeddings, inputs, axis=0), self.compute_dtype)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """True where the integer is not 0, if `mask_zero`."""
        return ops.not_equal(inputs, 0) if self.mask_zero else None

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor, without the values of weights."""
        config = super().get_config()
        config.pop("weights", None)
        return config
