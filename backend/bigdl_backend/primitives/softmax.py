"""Softmax over the last axis, and its fusion with the cross-entropy of integer labels."""

from __future__ import annotations

import numpy as np

from bigdl_backend.graph.registry import primitive
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.primitives import functional as F
from bigdl_backend.primitives.rules import same_float, widened


def _through_softmax(g, y):
    return y * (g - F.sum(g * y, axis=-1, keepdims=True))


@primitive("softmax", shape=same_float, gradient=lambda g, y, x: (_through_softmax(g, y),))
def softmax(x):
    """exp(x) normalised to a sum of 1 over the last axis."""
    return np.exp(_log_softmax(widened(x))).astype(x.dtype)


def _log_softmax_gradient(g, y, x):
    return (g - F.exp(y) * F.sum(g, axis=-1, keepdims=True),)


@primitive("log_softmax", shape=same_float, gradient=_log_softmax_gradient)
def log_softmax(x):
    """log(softmax(x))."""
    return _log_softmax(widened(x)).astype(x.dtype)


def _log_softmax(x):
    shifted = x - np.max(x, axis=-1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


def _cross_entropy_shape(logits: TensorSpec, labels: TensorSpec) -> tuple[TensorSpec, TensorSpec]:
    if logits.ndim != 2 or labels.shape != logits.shape[:1]:
        raise ValueError(
            f"expected logits [N, C] and labels [N], got {logits.shape} and {labels.shape}"
        )
    return same_float(logits).with_shape(labels.shape), logits


def _cross_entropy_gradient(g, outputs, logits, labels):
    g_loss, g_probs = g
    probs = outputs[1]
    total = None
    if g_loss is not None:
        hit = F.one_hot(labels, logits.shape[-1], dtype=logits.dtype)
        total = F.expand_dims(g_loss, -1) * (probs - hit)
    if g_probs is not None:
        part = _through_softmax(g_probs, probs)
        total = part if total is None else total + part
    return total, None


@primitive(
    "sparse_softmax_cross_entropy", shape=_cross_entropy_shape, gradient=_cross_entropy_gradient
)
def sparse_softmax_cross_entropy(logits, labels):
    """-log softmax(logits)[label] of every row, and the softmax."""
    log_probs = _log_softmax(widened(logits))
    loss = -np.take_along_axis(log_probs, labels[:, None].astype(np.int64), axis=-1)[:, 0]
    return loss.astype(logits.dtype), np.exp(log_probs).astype(logits.dtype)
