"""Grouped-query attention (Ainslie et al. 2023)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras.layers.attention.base_projected_attention import BaseProjectedAttention
from bigdl_keras.layers.core.einsum_dense import EinsumDense


class GroupedQueryAttention(BaseProjectedAttention):
    """Attention in which groups of query heads share one head of key and value.

    Inputs: query ``(batch, query steps, features)``, value and key ``(batch, key steps, features)``.

    Source: https://keras.io/api/layers/attention_layers/group_query_attention/
    """

    def __init__(
        self,
        head_dim: int,
        num_query_heads: int,
        num_key_value_heads: int,
        dropout: float = 0.0,
        use_bias: bool = True,
        sliding_window: int | None = None,
        flash_attention: bool | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_gate: bool = False,
        seed: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self._check_size("head_dim", head_dim)
        self._check_size("num_query_heads", num_query_heads)
        self._check_size("num_key_value_heads", num_key_value_heads)
        if num_query_heads % num_key_value_heads:
            raise ValueError(
                "`num_query_heads` must be divisible by `num_key_value_heads`. Received: "
                f"num_query_heads={num_query_heads}, num_key_value_heads={num_key_value_heads}"
            )
        self._init_attention(
            head_dim, dropout, use_bias, use_gate, sliding_window, flash_attention, seed
        )
        self._init_projections(
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
        )
        self.head_dim = head_dim
        self.num_query_heads = num_query_heads
        self.num_key_value_heads = num_key_value_heads
        self.num_repeats = num_query_heads // num_key_value_heads

    def build(  # type: ignore[override]  # Keras builds it from one shape an argument
        self,
        query_shape: Sequence[Any],
        value_shape: Sequence[Any],
        key_shape: Sequence[Any] | None = None,
    ) -> None:
        """Make the projections."""
        key_shape = value_shape if key_shape is None else key_shape
        self._check_steps(value_shape, key_shape)
        heads, shared = self.num_query_heads, self.num_key_value_heads
        self._query_dense = self._projection("query", query_shape, heads)
        self._key_dense = self._projection("key", key_shape, shared)
        if self.use_gate:
            self._gate_dense = self._projection("gate", query_shape, heads, activation="sigmoid")
        self._value_dense = self._projection("value", value_shape, shared)
        self._build_attention("bquh,bkuh->buqk", "buqk,bkuh->bquh", axes=1)
        self._output_dense = self._dense(
            "bquh,uhm->bqm", "attention_output", "m", output_shape=(None, query_shape[-1])
        )
        self._output_dense.build((None, None, heads, self.head_dim))
        self.built = True

    def _projection(
        self, name: str, shape: Sequence[Any], heads: int, activation: Any = None
    ) -> EinsumDense:
        layer = self._dense(
            "bqm,muh->bquh",
            name,
            "uh",
            output_shape=(None, heads, self.head_dim),
            activation=activation,
        )
        layer.build(shape)
        return layer

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return (
            super().get_config()
            | self._projection_config()
            | {
                "head_dim": self.head_dim,
                "num_query_heads": self.num_query_heads,
                "num_key_value_heads": self.num_key_value_heads,
            }
        )


# The layer's public name; its own name is what automatic names are made of.
GroupQueryAttention = GroupedQueryAttention
