"""Integer categories as vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras.core.keras_tensor import KerasTensor
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.preprocessing._encoding import (
    encode,
    encoded_shape,
    in_full,
    refuse_sparse,
)
from bigdl_keras.layers.preprocessing._texts import as_values


class CategoryEncoding(BuiltinLayer):
    """Integers 0 .. num_tokens - 1 as one-hot vectors, or a sample's integers as one vector.

    Source: https://keras.io/api/layers/preprocessing_layers/categorical/category_encoding/
    """

    def __init__(
        self,
        num_tokens: int | None = None,
        output_mode: str = "multi_hot",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        output_mode = in_full(output_mode)
        if output_mode not in ("count", "one_hot", "multi_hot"):
            raise ValueError(f"Unknown arg for output_mode: {output_mode}")
        if num_tokens is None:
            raise ValueError(
                "num_tokens must be set to use this layer. If the number of tokens is not known "
                "beforehand, use the IntegerLookup layer instead."
            )
        if num_tokens < 1:
            raise ValueError(f"`num_tokens` must be >= 1. Received: num_tokens={num_tokens}.")
        refuse_sparse(sparse, "CategoryEncoding")
        self.num_tokens = num_tokens
        self.output_mode = output_mode
        self.sparse = sparse
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True
        self.built = True

    def call(self, inputs: Any, count_weights: Any = None) -> Any:
        """Encode; with the mode "count" each integer counts `count_weights` instead of 1."""
        if count_weights is not None:
            if self.output_mode != "count":
                raise ValueError(
                    "`count_weights` is not used when `output_mode` is not `'count'`. "
                    f"Received `count_weights={count_weights}`."
                )
            count_weights = as_values(count_weights)
        return encode(
            as_values(inputs), self.output_mode, self.num_tokens, self.dtype, count_weights
        )

    def compute_output_shape(self, input_shape: Sequence[Any]) -> tuple[Any, ...]:
        """The shape of the vectors."""
        return encoded_shape(input_shape, self.output_mode, self.num_tokens)

    def compute_output_spec(self, inputs: Any, count_weights: Any = None) -> KerasTensor:
        """The symbolic outputs for symbolic inputs."""
        return KerasTensor(self.compute_output_shape(inputs.shape), dtype=self.compute_dtype)
