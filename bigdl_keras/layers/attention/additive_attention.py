"""Additive attention (Bahdanau et al. 2015)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.attention.attention import Attention


class AdditiveAttention(Attention):
    """Attention with scores ``sum(scale * tanh(query + key))``.

    Source: https://keras.io/api/layers/attention_layers/additive_attention/
    """

    def __init__(self, use_scale: bool = True, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(use_scale=use_scale, dropout=dropout, **kwargs)

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make the scale, one number a feature."""
        self._check_inputs(input_shape)
        if self.use_scale:
            self.scale = self.add_weight(
                name="scale",
                shape=(input_shape[0][-1],),
                initializer="glorot_uniform",
                trainable=True,
            )
        self.built = True

    def _scores(self, query: Any, key: Any) -> Any:
        total = ops.tanh(ops.expand_dims(query, -2) + ops.expand_dims(key, -3))
        return ops.sum(total if self.scale is None else self.scale * total, axis=-1)
