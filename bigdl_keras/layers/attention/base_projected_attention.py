"""What attention of several heads over projections shares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from bigdl_backend.graph.replica import batch_rows
from bigdl_backend.primitives import functional as F
from bigdl_keras import constraints, initializers, ops, regularizers
from bigdl_keras.core.default_method import default
from bigdl_keras.layers.activations.softmax import Softmax
from bigdl_keras.layers.core.einsum_dense import EinsumDense
from bigdl_keras.layers.layer import Layer
from bigdl_keras.layers.regularization.dropout import Dropout
from bigdl_keras.random.seed_generator import draw_seed


class BaseProjectedAttention(Layer):
    """Projects query, key and value to heads, attends in each, and projects the heads' outputs.

    A subclass builds the projections ``_query_dense``, ``_key_dense``, ``_value_dense``, ``_output_dense`` and, with
    `use_gate`, ``_gate_dense``, and calls :meth:`_build_attention`.

    `flash_attention` chooses a graphics kernel in stock Keras; the values are the same with or without it.
    """

    use_gate: bool
    _query_dense: EinsumDense
    _key_dense: EinsumDense
    _value_dense: EinsumDense
    _output_dense: EinsumDense
    _gate_dense: EinsumDense
    sliding_window: int | None
    seed: Any
    # How many heads of the query share one of key and value.
    num_repeats = 1

    def _init_attention(
        self,
        head_dim: int,
        dropout: float,
        use_bias: bool,
        use_gate: bool,
        sliding_window: int | None,
        flash_attention: bool | None,
        seed: Any,
    ) -> None:
        self._check_size("sliding_window", sliding_window, optional=True)
        if flash_attention and dropout > 0:
            raise ValueError(
                "Dropout is not supported when flash attention is enabled. Please set dropout to 0.0 to use flash "
                f"attention. Received: dropout={dropout} (layer {self.name!r})"
            )
        self.supports_masking = True
        self._scale = 1.0 / math.sqrt(head_dim)
        self.dropout = dropout
        self.use_bias = use_bias
        self.use_gate = use_gate
        self.sliding_window = sliding_window
        self._flash_attention = bool(flash_attention)
        self.seed = seed

    def _init_projections(
        self,
        kernel_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any,
        bias_regularizer: Any,
        activity_regularizer: Any,
        kernel_constraint: Any,
        bias_constraint: Any,
    ) -> None:
        self._kernel_initializer = initializers.get(kernel_initializer)
        self._bias_initializer = initializers.get(bias_initializer)
        self._kernel_regularizer = regularizers.get(kernel_regularizer)
        self._bias_regularizer = regularizers.get(bias_regularizer)
        self._activity_regularizer = regularizers.get(activity_regularizer)
        self._kernel_constraint = constraints.get(kernel_constraint)
        self._bias_constraint = constraints.get(bias_constraint)

    def _check_size(self, name: str, size: Any, optional: bool = False) -> None:
        if optional and size is None:
            return
        if not isinstance(size, int) or size <= 0:
            also = " or `None`" if optional else ""
            raise ValueError(
                f"Received an invalid value for argument `{name}`, expected a positive integer{also}. "
                f"Received: {name}={size}"
            )

    def _check_steps(self, value_shape: Sequence[Any], key_shape: Sequence[Any]) -> None:
        if tuple(value_shape[1:-1]) != tuple(key_shape[1:-1]):
            raise ValueError(
                "All dimensions of `value` and `key`, except the last one, must be equal. Received: "
                f"value_shape={tuple(value_shape)} and key_shape={tuple(key_shape)} (layer {self.name!r})"
            )

    def _dense(self, equation: str, name: str, bias_axes: str, **kwargs: Any) -> EinsumDense:
        """One projection; all have the same initializers, regularizers and constraints."""

        def fresh(initializer: Any) -> Any:
            # One object with a seed would give all projections the same values.
            return type(initializer).from_config(initializer.get_config())

        return EinsumDense(
            equation,
            bias_axes=bias_axes if self.use_bias else None,
            kernel_initializer=fresh(self._kernel_initializer),
            bias_initializer=fresh(self._bias_initializer),
            kernel_regularizer=self._kernel_regularizer,
            bias_regularizer=self._bias_regularizer,
            activity_regularizer=self._activity_regularizer,
            kernel_constraint=self._kernel_constraint,
            bias_constraint=self._bias_constraint,
            dtype=self.dtype_policy,
            name=name,
            **kwargs,
        )

    def _build_attention(self, score_equation: str, combine_equation: str, axes: int) -> None:
        """Remember the einsums of scores and outputs; `axes` axes are attended over."""
        self._score_equation, self._combine_equation = score_equation, combine_equation
        self._attended_count = axes
        self._softmax = Softmax(axis=tuple(range(-axes, 0)), dtype=self.dtype_policy)
        self._dropout_layer = Dropout(self.dropout, dtype=self.dtype_policy, seed=self.seed)

    @default
    def compute_output_shape(
        self, query_shape: Any, value_shape: Any, key_shape: Any = None
    ) -> Any:
        """The shape of the outputs, without the scores."""
        given = [query_shape, value_shape] + ([] if key_shape is None else [key_shape])
        return super().compute_output_shape(*given)

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

        Raises:
            ValueError: scores are asked for with `flash_attention`, which does not have them.
        """
        if self._flash_attention and return_attention_scores:
            raise ValueError(
                "Returning attention scores is not supported when flash attention is enabled. Please disable flash "
                f"attention to access attention scores (layer {self.name!r})."
            )
        key = value if key is None else key
        allowed = self._compute_attention_mask(
            query, value, query_mask, value_mask, key_mask, attention_mask, use_causal_mask
        )
        gate = self._gate_dense(query) if self.use_gate else None
        outputs, weights = self._compute_attention(
            self._query_dense(query),
            self._for_all_heads(self._key_dense(key)),
            self._for_all_heads(self._value_dense(value)),
            allowed,
            training,
            return_attention_scores,
        )
        if gate is not None:
            outputs = ops.multiply(outputs, gate)
        outputs = self._output_dense(outputs)
        return (outputs, weights) if return_attention_scores else outputs

    def _for_all_heads(self, projected: Any) -> Any:
        return (
            ops.repeat(projected, self.num_repeats, axis=2) if self.num_repeats > 1 else projected
        )

    def _compute_attention(
        self,
        query: Any,
        key: Any,
        value: Any,
        attention_mask: Any = None,
        training: bool | None = None,
        return_attention_scores: bool = False,
    ) -> tuple[Any, Any]:
        """The heads' outputs and, where they are made, the weights, for projected query, key and value."""
        attention_mask = self._for_scores(
            attention_mask, len(query.shape) + self._attended_count - 1
        )
        if not (self.dropout or return_attention_scores or len(query.shape) != 4):
            outputs = ops.dot_product_attention(
                query, key, value, mask=attention_mask, scale=self._scale
            )
            return outputs, None
        if not return_attention_scores and len(query.shape) == 4 and self.dropout < 1:
            drawn = self._drawn(query.shape[0]) if training else {}
            outputs = F.attention(
                query, key, value, attention_mask, scale=self._scale, spreads=False, **drawn
            )
            return outputs, None
        query = ops.multiply(query, ops.cast(self._scale, query.dtype))
        scores = ops.einsum(self._score_equation, query, key)
        weights = self._softmax(scores, mask=attention_mask)
        dropped = self._dropout_layer(weights, training=training) if self.dropout else weights
        return ops.einsum(self._combine_equation, dropped, value), weights

    def _drawn(self, batch: Any) -> dict[str, Any]:
        """What decides which weights are dropped; the same numbers as in the dropout layer."""
        generator = self._dropout_layer.seed_generator
        return {"rate": self.dropout, "random_key": draw_seed(generator), "rows": batch_rows(batch)}

    def _for_scores(self, attention_mask: Any, rank: int) -> Any:
        """The mask with axes of 1 for the heads, and for what batch axes it lacks."""
        if attention_mask is None:
            return None
        for _ in range(rank - len(attention_mask.shape)):
            attention_mask = ops.expand_dims(attention_mask, axis=-2 * self._attended_count - 1)
        return attention_mask

    def _compute_attention_mask(
        self,
        query: Any,
        value: Any,
        query_mask: Any = None,
        value_mask: Any = None,
        key_mask: Any = None,
        attention_mask: Any = None,
        use_causal_mask: bool = False,
    ) -> Any:
        """What all masks allow, bool ``(batch, query steps, key steps)``; None if there is none."""
        parts = []
        if query_mask is not None:
            parts.append(ops.expand_dims(ops.cast(query_mask, "bool"), -1))
        parts += [
            ops.expand_dims(ops.cast(m, "bool"), -2)
            for m in (value_mask, key_mask)
            if m is not None
        ]
        if use_causal_mask or self.sliding_window is not None:
            rows = ops.expand_dims(ops.arange(ops.shape(query)[1], dtype="int32"), 1)
            columns = ops.expand_dims(ops.arange(ops.shape(value)[1], dtype="int32"), 0)
            if use_causal_mask:
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

    def _projection_config(self) -> dict[str, Any]:
        """The entries of the config that are the same for all such layers."""
        return {
            "dropout": self.dropout,
            "use_bias": self.use_bias,
            "use_gate": self.use_gate,
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
