"""Multi-head attention (Vaswani et al. 2017)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras.core.masks import get_keras_mask, set_keras_mask
from bigdl_keras.layers.attention.base_projected_attention import BaseProjectedAttention
from bigdl_keras.layers.core.einsum_dense import EinsumDense

_LETTERS = "abcdefghijklmnopqrstuvw"


class MultiHeadAttention(BaseProjectedAttention):
    """Attention of `num_heads` heads from query ``(batch, ..., features)`` to value and key.

    Source: https://keras.io/api/layers/attention_layers/multi_head_attention/
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: int | Sequence[int] | None = None,
        attention_axes: int | Sequence[int] | None = None,
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
        super().__init__(**kwargs)
        self._check_size("num_heads", num_heads)
        self._check_size("key_dim", key_dim)
        self._check_size("value_dim", value_dim, optional=True)
        self._init_attention(
            key_dim, dropout, use_bias, use_gate, sliding_window, flash_attention, seed
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
        self.num_heads = num_heads
        self.key_dim = key_dim
        self.value_dim = value_dim or key_dim
        self._output_shape = _as_tuple("output_shape", output_shape)
        self.attention_axes = _as_tuple("attention_axes", attention_axes)

    def build(  # type: ignore[override]  # Keras builds it from one shape an argument
        self,
        query_shape: Sequence[Any],
        value_shape: Sequence[Any],
        key_shape: Sequence[Any] | None = None,
    ) -> None:
        """Make the projections."""
        key_shape = value_shape if key_shape is None else key_shape
        self._check_steps(value_shape, key_shape)
        rank = len(query_shape)
        if self.attention_axes is None:
            self.attention_axes = tuple(range(1, rank - 1))
        self.attention_axes = tuple(axis % rank for axis in self.attention_axes)
        self._query_dense = self._projection("query", query_shape, self.key_dim)
        self._key_dense = self._projection("key", key_shape, self.key_dim)
        if self.use_gate:
            self._gate_dense = self._projection(
                "gate", query_shape, self.value_dim, activation="sigmoid"
            )
        self._value_dense = self._projection("value", value_shape, self.value_dim)
        self._build_attention(*self._equations(rank), len(self.attention_axes))
        free = _LETTERS[: rank - 1]
        output = tuple(self._output_shape or (query_shape[-1],))
        letters = _LETTERS[rank - 1 :]
        summed, made = letters[:2], letters[2 : 2 + len(output)]
        self._output_dense = self._dense(
            f"{free}{summed},{summed}{made}->{free}{made}",
            "attention_output",
            made,
            output_shape=(*(None,) * (rank - 2), *output),
        )
        self._output_dense.build((*query_shape[:-1], self.num_heads, self.value_dim))
        self.built = True

    # Files hold the projections under these names.
    @property
    def query_dense(self) -> EinsumDense:
        """The projection of the query."""
        return self._query_dense

    @property
    def key_dense(self) -> EinsumDense:
        """The projection of the key."""
        return self._key_dense

    @property
    def value_dense(self) -> EinsumDense:
        """The projection of the value."""
        return self._value_dense

    @property
    def output_dense(self) -> EinsumDense:
        """The projection of the heads' outputs."""
        return self._output_dense

    def _projection(
        self, name: str, shape: Sequence[Any], size: int, activation: Any = None
    ) -> EinsumDense:
        rank = len(shape)
        free, summed, made = _LETTERS[: rank - 1], _LETTERS[rank - 1], _LETTERS[rank : rank + 2]
        layer = self._dense(
            f"{free}{summed},{summed}{made}->{free}{made}",
            name,
            made,
            output_shape=(*(None,) * (rank - 2), self.num_heads, size),
            activation=activation,
        )
        layer.build(shape)
        return layer

    def _equations(self, rank: int) -> tuple[str, str]:
        """Einsums of scores and outputs, over projected tensors (batch, ..., heads, size) of rank + 1 axes."""
        attended = self.attention_axes or ()
        query = _LETTERS[: rank + 1]
        key = list(query)
        for offset, axis in enumerate(attended):
            key[axis] = _LETTERS[rank + 1 + offset]
        batch = "".join(c for i, c in enumerate(query[:rank]) if i not in attended)
        rows = "".join(query[axis] for axis in attended)
        columns = "".join(key[axis] for axis in attended)
        scores = batch + rows + columns
        return f"{query},{''.join(key)}->{scores}", f"{scores},{''.join(key)}->{query}"

    def call(
        self,
        query: Any,
        value: Any,
        key: Any = None,
        query_mask: Any = None,
        value_mask: Any = None,
        key_mask: Any = None,
        attention_mask: Any = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        """Attend; arguments as in :class:`BaseProjectedAttention`.

        The query's mask is the one attached to it, whatever `query_mask` says, as in stock Keras; it is passed on.
        """
        query_mask = get_keras_mask(query)
        result = super().call(
            query,
            value,
            key,
            query_mask=query_mask,
            value_mask=value_mask,
            key_mask=key_mask,
            attention_mask=attention_mask,
            return_attention_scores=return_attention_scores,
            training=training,
            use_causal_mask=use_causal_mask,
        )
        if query_mask is not None:
            set_keras_mask(result[0] if return_attention_scores else result, query_mask)
        return result

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return (
            super().get_config()
            | self._projection_config()
            | {
                "num_heads": self.num_heads,
                "key_dim": self.key_dim,
                "value_dim": self.value_dim,
                "output_shape": self._output_shape,
                "attention_axes": self.attention_axes,
            }
        )


def _as_tuple(name: str, value: int | Sequence[int] | None) -> tuple[int, ...] | None:
    if value is None:
        return None
    if isinstance(value, int):
        return (value,)
    if not isinstance(value, list | tuple):
        raise ValueError(f"`{name}` must be an int, list, or tuple. Received: {name}={value}")
    return tuple(value)
