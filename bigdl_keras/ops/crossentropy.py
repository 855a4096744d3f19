"""Cross-entropies between targets and predictions."""

from __future__ import annotations

from typing import Any

from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F
from bigdl_keras import config
from bigdl_keras.core.keras_op import keras_op


def _clipped(x: Any) -> Any:
    return F.clip(x, config.epsilon(), 1 - config.epsilon())


def _check_same_shape(target: Any, output: Any) -> None:
    """`ValueError` if ranks differ, or sizes that are known."""
    sizes = zip(target.shape, output.shape, strict=False)
    differing = any(isinstance(a, int) and isinstance(b, int) and a != b for a, b in sizes)
    if differing or len(target.shape) != len(output.shape):
        raise ValueError(
            "Arguments `target` and `output` must have the same shape. "
            f"Received: target.shape={tuple(target.shape)}, output.shape={tuple(output.shape)}"
        )


@keras_op
def categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Any:
    """-sum(target log(output)) over `axis`; `output` is logits or is normalised to a sum of 1."""
    target, output = F.promoted_float(target, output)
    _check_same_shape(target, output)
    if output.ndim < 1:
        raise ValueError("Arguments `target` and `output` must have at least one axis")
    if from_logits:
        log_probs = F.log_softmax(output, axis)
    else:
        total = F.sum(output, axis, keepdims=True)
        log_probs = F.log(_clipped(F.divide(output, total)))
    return F.negative(F.sum(F.multiply(target, log_probs), axis))


@keras_op
def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Any:
    """-log(output[target]) along `axis`, and 0 where the target is no class."""
    (output,) = F.promoted_float(output)
    target = F.as_value(target)
    target = target if target.dtype.kind in "iu" else F.cast(target, "int32")
    if target.ndim == output.ndim and target.shape[-1] == 1:
        target = F.squeeze(target, -1)
    if output.ndim < 1 or target.ndim != output.ndim - 1:
        raise ValueError(
            "Argument `output` must have one axis more than `target`. "
            f"Received: target.shape={tuple(target.shape)}, output.shape={tuple(output.shape)}"
        )
    output = F.moveaxis(output, axis, -1)
    classes = output.shape[-1]
    if from_logits:
        rows, labels = F.reshape(output, (-1, classes)), F.ravel(F.in_range(target, classes))
        loss = F.reshape(bind("sparse_softmax_cross_entropy", rows, labels)[0], target.shape)
    else:
        found = F.take_along_axis(output, F.expand_dims(target, -1), -1)
        found = F.divide(F.squeeze(found, -1), F.sum(output, -1))
        loss = F.negative(F.log(_clipped(found)))
    return F.where(F.logical_and(F.greater_equal(target, 0), F.less(target, classes)), loss, 0)


@keras_op
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """-target log(output) - (1 - target) log(1 - output), element by element."""
    target, output = F.promoted_float(target, output)
    _check_same_shape(target, output)
    if from_logits:
        return F.subtract(F.softplus(output), F.multiply(output, target))
    output = _clipped(output)
    positive = F.multiply(target, F.log(output))
    negative = F.multiply(F.subtract(1, target), F.log(F.subtract(1, output)))
    return F.negative(F.add(positive, negative))
