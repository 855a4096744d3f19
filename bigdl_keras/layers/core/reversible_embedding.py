"""An embedding that can be read backwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.core.masks import set_keras_mask
from bigdl_keras.layers.core.embedding import Embedding


class ReversibleEmbedding(Embedding):
    """An `Embedding` that called with ``reverse=True`` projects vectors to logits of the integers.

    The projection is the transposed table, or with ``tie_weights=False`` a weight of its own. `reverse_dtype` is the
    dtype it is computed in; `logit_soft_cap` keeps logits within plus and minus itself by a tanh.

    Source: https://keras.io/api/layers/core_layers/reversible_embedding/
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        tie_weights: bool = True,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        reverse_dtype: Any = None,
        logit_soft_cap: float | None = None,
        **kwargs: Any,
    ) -> None:
        # Read by `build`, which the base class calls when it is given weights.
        self.tie_weights = tie_weights
        super().__init__(
            input_dim,
            output_dim,
            embeddings_initializer=embeddings_initializer,
            embeddings_regularizer=embeddings_regularizer,
            embeddings_constraint=embeddings_constraint,
            mask_zero=mask_zero,
            **kwargs,
        )
        self.reverse_dtype = reverse_dtype
        self.logit_soft_cap = logit_soft_cap

    def build(self, input_shape: Sequence[Any] | None = None) -> None:
        """Make the table, and the projection if it is another one."""
        super().build(input_shape)
        if not self.tie_weights:
            self.reverse_embeddings = self.add_weight(
                shape=(self.output_dim, self.input_dim),
                initializer=self.embeddings_initializer,
                name="reverse_embeddings",
                trainable=True,
            )

    def call(self, inputs: Any, reverse: bool = False) -> Any:
        """Look up integers, or project ``(..., output_dim)`` to ``(..., input_dim)``."""
        if not reverse:
            vectors = super().call(inputs)
            mask = super().compute_mask(inputs)
            if mask is not None:
                set_keras_mask(vectors, mask)
            return vectors
        kernel = ops.transpose(self.embeddings) if self.tie_weights else self.reverse_embeddings
        dtype = self.reverse_dtype or self.compute_dtype
        logits = ops.matmul(ops.cast(inputs, dtype), ops.cast(kernel, dtype))
        if self.logit_soft_cap is not None:
            cap = self.logit_soft_cap
            logits = ops.multiply(ops.tanh(ops.divide(logits, cap)), cap)
        return logits

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """None: `call` attaches the mask, as only it knows the direction."""
        return None
