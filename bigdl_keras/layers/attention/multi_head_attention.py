"""Multi-head attention (Vaswani et al. 2017)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from bigdl_keras import constraints, initializers, ops, regularizers
from bigdl_keras.core.masks import get_keras_mask, set_keras_mask
from bigdl_keras.layers.activations.softmax import Softmax
from bigdl_keras.layers.core.einsum_dense import EinsumDense
from bigdl_keras.layers.layer import Layer
from bigdl_keras.layers.regularization.dropout import Dropout

_LETTERS = "abcdefghijklmnopqrstuvw"


class MultiHeadAttention(Layer):
    """Attention of `num_heads` heads from query ``(batch, ..., features)`` to value and key.

    `flash_attention` chooses a graphics kernel in stock Keras; the values are the same with or without it.

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
        sizes = {
            "num_heads": num_heads,
            "key_dim": key_dim,
            "value_dim": value_dim,
            "sliding_window": sliding_window,
        }
        for name, size in sizes.items():
            optional = name in ("value_dim", "sliding_window")
            if not (optional and size is None) and (not isinstance(size, int) or size <= 0):
                raise ValueError(
                    f"Received an invalid value for argument `{name}`, expected a positive integer. "
                    f"Received: {name}={size}"
                )
        if flash_attention and dropout > 0:
            raise ValueError(
                "Dropout is not supported when flash attention is enabled: set dropout to 0.0."
            )
        super().__init__(**kwargs)
        self.supports_masking = True
        self.num_heads = num_heads
        self.key_dim = key_dim
        self.value_dim = value_dim or key_dim
        self.dropout = dropout
        self.use_bias = use_bias
        self.use_gate = use_gate
        self._output_shape = (output_shape,) if isinstance(output_shape, int) else output_shape
        self.attention_axes = (
            (attention_axes,) if isinstance(attention_axes, int) else attention_axes
        )
        self.sliding_window = sliding_window
        self.seed = seed
        self._kernel_initializer = initializers.get(kernel_initializer)
        self._bias_initializer = initializers.get(bias_initializer)
        self._kernel_regularizer = regularizers.get(kernel_regularizer)
        self._bias_regularizer = regularizers.get(bias_regularizer)
        self._activity_regularizer = regularizers.get(activity_regularizer)
        self._kernel_constraint = constraints.get(kernel_constraint)
        self._bias_constraint = constraints.get(bias_constraint)

    def build(  # type: ignore[override]  # Keras builds it from one shape an argument
        self,
        query_shape: Sequence[Any],
        value_shape: Sequence[Any],
        key_shape: Sequence[Any] | None = None,
    ) -> None:
        """Make the projections."""
        key_shape = value_shape if key_shape is None else key_shape
        if tuple(value_shape[1:-1]) != tuple(key_shape[1:-1]):
            raise ValueError(
                "All dimensions of `value` and `key`, except the last one, must be equal. Received: "
                f"value_shape={tuple(value_shape)} and key_shape={tuple(key_shape)}"
            )
        rank = len(query_shape)
        if self.attention_axes is None:
            self.attention_axes = tuple(range(1, rank - 1))
        self._attended = tuple(axis % rank for axis in self.attention_axes)
        self._query_dense = self._projection("query", query_shape, self.key_dim)
        self._key_dense = self._projection("key", key_shape, self.key_dim)
        if self.use_gate:
            self._gate_dense = self._projection(
                "gate", query_shape, self.value_dim, activation="sigmoid"
            )
        self._value_dense = self._projection("value", value_shape, self.value_dim)
        free = _LETTERS[: rank - 1]
        output = tuple(self._output_shape or (query_shape[-1],))
        letters = _LETTERS[rank - 1 :]
        summed, made = letters[:2], letters[2 : 2 + len(output)]
        self._output_dense = EinsumDense(
            f"{free}{summed},{summed}{made}->{free}{made}",
            output_shape=(*(None,) * (rank - 2), *output),
            bias_axes=made if self.use_bias else None,
            name="attention_output",
            **self._shared_arguments(),
        )
        self._output_dense.build((*query_shape[:-1], self.num_heads, self.value_dim))
        self._softmax = Softmax(axis=tuple(range(-len(self._attended), 0)), dtype=self.dtype_policy)
        self._dropout_layer = Dropout(self.dropout, dtype=self.dtype_policy, seed=self.seed)
        self._set_equations(rank)
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
        layer = EinsumDense(
            f"{free}{summed},{summed}{made}->{free}{made}",
            output_shape=(*(None,) * (rank - 2), self.num_heads, size),
            bias_axes=made if self.use_bias else None,
            activation=activation,
            name=name,
            **self._shared_arguments(),
        )
        layer.build(shape)
        return layer

    def _shared_arguments(self) -> dict[str, Any]:
        def fresh(initializer: Any) -> Any:
            # One object with a seed would give all projections the same values.
            return type(initializer).from_config(initializer.get_config())

        return {
            "kernel_initializer": fresh(self._kernel_initializer),
            "bias_initializer": fresh(self._bias_initializer),
            "kernel_regularizer": self._kernel_regularizer,
            "bias_regularizer": self._bias_regularizer,
            "activity_regularizer": self._activity_regularizer,
            "kernel_constraint": self._kernel_constraint,
            "bias_constraint": self._bias_constraint,
            "dtype": self.dtype_policy,
        }

    def _set_equations(self, rank: int) -> None:
        """Einsums over projected tensors (batch, ..., heads, size), of rank + 1 axes."""
        query = _LETTERS[: rank + 1]
        key = list(query)
        for offset, axis in enumerate(self._attended):
            key[axis] = _LETTERS[rank + 1 + offset]
        batch = "".join(c for i, c in enumerate(query[:rank]) if i not in self._attended)
        rows = "".join(query[axis] for axis in self._attended)
        columns = "".join(key[axis] for axis in self._attended)
        scores = batch + rows + columns
        self._score_equation = f"{query},{''.join(key)}->{scores}"
        self._combine_equation = f"{scores},{''.join(key)}->{query}"

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
        """Attend.

        Args:
            query, value, key: ``(batch, ..., features)``; `key` defaults to `value`.
            query_mask, value_mask, key_mask: bool ``(batch, steps)``.
            attention_mask: bool ``(batch, query steps, key steps)``, True where attention is allowed.
            return_attention_scores: whether to return the weights too.
            training: whether dropout is on.
            use_causal_mask: whether a step sees only itself and earlier ones.
        """
        key = value if key is None else key
        query_mask = get_keras_mask(query) if query_mask is None else query_mask
        allowed = self._allowed(
            query, value, query_mask, value_mask, key_mask, attention_mask, use_causal_mask
        )
        gate = self._gate_dense(query) if self.use_gate else None
        projected = self._query_dense(query)
        outputs, weights = self._compute_attention(
            projected, self._key_dense(key), self._value_dense(value), allowed, training
        )
        if gate is not None:
            outputs = ops.multiply(outputs, gate)
        outputs = self._output_dense(outputs)
        if query_mask is not None:
            set_keras_mask(outputs, query_mask)
        return (outputs, weights) if return_attention_scores else outputs

    def _compute_attention(
        self,
        query: Any,
        key: Any,
        value: Any,
        attention_mask: Any = None,
        training: bool | None = None,
    ) -> tuple[Any, Any]:
        query = ops.multiply(query, ops.cast(1.0 / math.sqrt(self.key_dim), query.dtype))
        scores = ops.einsum(self._score_equation, query, key)
        if attention_mask is not None:
            for _ in range(len(scores.shape) - len(attention_mask.shape)):
                attention_mask = ops.expand_dims(attention_mask, axis=-2 * len(self._attended) - 1)
        weights = self._softmax(scores, mask=attention_mask)
        dropped = self._dropout_layer(weights, training=training) if self.dropout else weights
        return ops.einsum(self._combine_equation, dropped, value), weights

    def _allowed(
        self,
        query: Any,
        value: Any,
        query_mask: Any,
        value_mask: Any,
        key_mask: Any,
        attention_mask: Any,
        causal: bool,
    ) -> Any:
        parts = []
        if query_mask is not None:
            parts.append(ops.expand_dims(ops.cast(query_mask, "bool"), -1))
        parts += [
            ops.expand_dims(ops.cast(m, "bool"), -2)
            for m in (value_mask, key_mask)
            if m is not None
        ]
        if causal or self.sliding_window is not None:
            rows = ops.expand_dims(ops.arange(ops.shape(query)[1], dtype="int32"), 1)
            columns = ops.expand_dims(ops.arange(ops.shape(value)[1], dtype="int32"), 0)
            if causal:
                parts.append(ops.expand_dims(ops.greater_equal(rows, columns), 0))
            if self.sliding_window is not None:
                near = ops.less(ops.absolute(rows - columns), self.sliding_window)
                parts.append(ops.expand_dims(near, 0))
        if attention_mask is not None:
            parts.append(ops.cast(attention_mask, "bool"))
        if not parts:
            return None
        allowed = parts[0]
        for part in parts[1:]:
            allowed = ops.logical_and(allowed, part)
        return allowed

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return super().get_config() | {
            "num_heads": self.num_heads,
            "key_dim": self.key_dim,
            "value_dim": self.value_dim,
            "dropout": self.dropout,
            "use_bias": self.use_bias,
            "use_gate": self.use_gate,
            "output_shape": self._output_shape,
            "attention_axes": self.attention_axes,
            "sliding_window": self.sliding_window,
            "kernel_initializer": initializers.serialize(self._kernel_initializer),
            "bias_initializer": initializers.serialize(self._bias_initializer),
            "kernel_regularizer": regularizers.serialize(self._kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self._bias_regularizer),
            "activity_regularizer": regularizers.serialize(self._activity_regularizer),
            "kernel_constraint": constraints.serialize(self._kernel_constraint),
            "bias_constraint": constraints.serialize(self._bias_constraint),
            "seed": self.seed,
        }
