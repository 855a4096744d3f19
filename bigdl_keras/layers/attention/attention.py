"""Dot-product attention (Luong et al. 2015)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.builtin_layer import BuiltinLayer


class Attention(BuiltinLayer):
    """Called on ``[query, value]`` or ``[query, value, key]``, each ``(batch, steps, features)``.

    Source: https://keras.io/api/layers/attention_layers/attention/
    """

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if score_mode not in ("dot", "concat"):
            raise ValueError(
                "Invalid value for argument score_mode. Expected one of 'dot', 'concat'. "
                f"Received: score_mode={score_mode}"
            )
        self.use_scale = use_scale
        self.score_mode = score_mode
        self.dropout = dropout
        self.seed = seed
        self.supports_masking = True
        if dropout > 0:
            self.seed_generator = random.SeedGenerator(seed)
        self.scale: Any = None
        self.concat_score_weight: Any = None

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make the scales that the mode needs."""
        self._check_inputs(input_shape)
        if self.use_scale:
            self.scale = self.add_weight(name="scale", shape=(), initializer="ones", trainable=True)
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight(
                name="concat_score_weight", shape=(), initializer="ones", trainable=True
            )
        self.built = True

    def _scores(self, query: Any, key: Any) -> Any:
        if self.score_mode == "dot":
            scores = ops.matmul(query, ops.transpose(key, (0, 2, 1)))
            return scores if self.scale is None else scores * self.scale
        total = ops.expand_dims(query, -2) + ops.expand_dims(key, -3)
        if self.scale is not None:
            total = self.scale * total
        return self.concat_score_weight * ops.sum(ops.tanh(total), axis=-1)

    def call(
        self,
        inputs: Sequence[Any],
        mask: Any = None,
        training: bool = False,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Attend; `mask` is ``[query_mask, value_mask]``, each bool ``(batch, steps)`` or None."""
        self._check_inputs(inputs, mask)
        query, value = inputs[:2]
        key = inputs[2] if len(inputs) > 2 else value
        query_mask, value_mask = (mask[0], mask[1]) if mask else (None, None)
        scores = self._scores(query, key)
        allowed = None if value_mask is None else ops.expand_dims(value_mask, -2)
        if use_causal_mask:
            rows = ops.expand_dims(ops.arange(ops.shape(query)[1], dtype="int32"), 1)
            columns = ops.expand_dims(ops.arange(ops.shape(key)[1], dtype="int32"), 0)
            causal = ops.expand_dims(ops.greater_equal(rows, columns), 0)
            allowed = causal if allowed is None else ops.logical_and(allowed, causal)
        if allowed is not None:
            # Finite in half precision too, so that a row that is masked whole stays finite.
            low = 65504.0 if scores.dtype == "float16" else 1e9
            scores = ops.where(allowed, scores, scores - low)
        weights = ops.softmax(scores, axis=-1)
        if training and self.dropout > 0:
            weights = random.dropout(weights, self.dropout, seed=self.seed_generator)
        outputs = ops.matmul(weights, value)
        if query_mask is not None:
            outputs = ops.where(ops.expand_dims(query_mask, -1), outputs, 0.0)
        return (outputs, weights) if return_attention_scores else outputs

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The mask of the query."""
        return None if mask is None else mask[0]

    def _check_inputs(self, inputs: Any, mask: Any = None) -> None:
        several = isinstance(inputs, list | tuple) and not isinstance(inputs[0], int | None)
        if not several or not 2 <= len(inputs) <= 3:
            raise ValueError(
                f"{type(self).__name__} layer must be called on a list of inputs, namely [query, value] or "
                f"[query, value, key]. Received: inputs={inputs} (layer {self.name!r})."
            )
        if mask is not None and (
            not isinstance(mask, list | tuple) or not 2 <= len(mask) <= len(inputs)
        ):
            raise ValueError(
                f"{type(self).__name__} layer mask must be a list, namely [query_mask, value_mask]. "
                f"Received: mask={mask} (layer {self.name!r})."
            )
