"""Attention of several heads: what is refused, and what may be overridden."""

from typing import Any

import numpy as np
import pytest

from bigdl_keras import initializers, layers, ops

X = np.random.default_rng(0).standard_normal((2, 4, 6)).astype("float32")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.MultiHeadAttention(0, 3), "num_heads"),
        (lambda: layers.MultiHeadAttention(2, 3, value_dim=-1), "value_dim"),
        (lambda: layers.MultiHeadAttention(2, 3, attention_axes="all"), "attention_axes"),
        (lambda: layers.GroupQueryAttention(3, 4, 3), "divisible"),
        (lambda: layers.GroupQueryAttention(3, 4, 2, sliding_window=0), "sliding_window"),
        (lambda: layers.GroupQueryAttention(3, 4, 2, dropout=0.1, flash_attention=True), "flash"),
    ],
)
def test_arguments_are_checked(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda **kwargs: layers.MultiHeadAttention(2, 3, **kwargs),
        lambda **kwargs: layers.GroupQueryAttention(3, 4, 2, **kwargs),
    ],
)
def test_flash_attention_has_no_scores_and_no_other_values(make: Any) -> None:
    flash, plain = make(flash_attention=True), make()
    flash(X, X), plain(X, X)
    flash.set_weights(plain.get_weights())
    np.testing.assert_array_equal(flash(X, X), plain(X, X))
    with pytest.raises(ValueError, match="attention scores is not supported"):
        flash(X, X, return_attention_scores=True)


def test_scores_are_those_of_the_values_without_them() -> None:
    layer = layers.GroupQueryAttention(3, 4, 2)
    mask = np.tril(np.ones((1, 4, 4), bool))
    alone = layer(X, X, use_causal_mask=True)
    outputs, scores = layer(X, X, attention_mask=mask, return_attention_scores=True)
    np.testing.assert_allclose(outputs, alone, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(np.asarray(scores).sum(-1), np.ones((2, 4, 4)), rtol=1e-5)
    assert not np.any(np.asarray(scores)[..., ~mask[0]])


def test_dropout_is_of_training_only() -> None:
    layer = layers.GroupQueryAttention(3, 4, 2, dropout=0.5, seed=1)
    still = np.asarray(layer(X, X))
    np.testing.assert_array_equal(layer(X, X, training=False), still)
    assert np.abs(np.asarray(layer(X, X, training=True)) - still).max() > 1e-3


@pytest.mark.parametrize("mask", [None, np.tril(np.ones((1, 4, 4), bool), -1)])
def test_the_same_weights_are_dropped_with_and_without_scores(mask: Any) -> None:
    alone, scored = (layers.MultiHeadAttention(2, 3, dropout=0.5, seed=1) for _ in range(2))
    alone(X, X), scored(X, X)
    scored.set_weights(alone.get_weights())
    outputs, _ = scored(X, X, attention_mask=mask, training=True, return_attention_scores=True)
    found = alone(X, X, attention_mask=mask, training=True)
    np.testing.assert_allclose(found, outputs, rtol=1e-5, atol=1e-6)


def test_a_subclass_may_attend_otherwise() -> None:
    class Uniform(layers.MultiHeadAttention):
        def _compute_attention(self, query: Any, key: Any, value: Any, *args: Any) -> Any:
            return ops.broadcast_to(ops.mean(value, 1, keepdims=True), query.shape), None

    outputs = np.asarray(Uniform(2, 3)(X, X))
    np.testing.assert_allclose(outputs[:, 0], outputs[:, 3], rtol=1e-6)


def test_projections_count_their_inputs_over_the_right_axes() -> None:
    """The kernel ``(features, heads, size)`` has `features` inputs, not ``features * heads``."""
    dense = layers.EinsumDense(
        "abc,cde->abde", (None, 4, 5), kernel_initializer=initializers.LecunUniform(seed=1)
    )
    dense.build((None, 3, 200))
    limit = np.sqrt(3 / 200)
    largest = np.abs(dense.kernel.numpy()).max()
    assert 0.99 * limit < largest <= limit
