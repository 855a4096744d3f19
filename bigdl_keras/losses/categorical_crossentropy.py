"""Cross-entropy of one-hot (or soft) labels."""

import warnings
from typing import Any

from bigdl_keras import ops
from bigdl_keras.config import epsilon
from bigdl_keras.losses.function_loss import NamedLoss


def _prepare(y_true: Any, y_pred: Any, label_smoothing: float, axis: Any) -> tuple[Any, Any]:
    if isinstance(axis, bool):
        raise ValueError(f"`axis` must be an int; got {axis}.")
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.cast(y_true, y_pred.dtype)
    if y_pred.shape[-1] == 1:
        warnings.warn(
            f"Categorical cross-entropy over a single class (y_pred has shape {y_pred.shape}) is "
            "always zero; for yes/no labels use binary_crossentropy.",
            SyntaxWarning,
            stacklevel=3,
        )
    if label_smoothing:
        classes = y_true.shape[-1]
        y_true = y_true * (1.0 - label_smoothing) + label_smoothing / classes
    return y_true, y_pred


def categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """`-sum(y_true * log(y_pred))` over the classes.

    Args:
        y_true: one-hot labels, or a distribution over the classes.
        y_pred: probabilities (they are normalised) or logits, same shape.
        from_logits: whether `y_pred` holds logits.
        label_smoothing: in [0, 1]; how far labels move towards the uniform distribution.
        axis: axis of the classes.
    """
    y_true, y_pred = _prepare(y_true, y_pred, label_smoothing, axis)
    return ops.categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)


def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: Any = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """Cross-entropy with well-classified labels weighted down (Lin et al., 2018).

    Args:
        y_true: one-hot labels.
        y_pred: probabilities or logits, same shape.
        alpha: weight of all classes, or one a class.
        gamma: exponent of the focal factor.
        from_logits: whether `y_pred` holds logits.
        label_smoothing: in [0, 1]; how far labels move towards the uniform distribution.
        axis: axis of the classes.
    """
    y_true, y_pred = _prepare(y_true, y_pred, label_smoothing, axis)
    if from_logits:
        y_pred = ops.softmax(y_pred, axis=axis)
    output = y_pred / ops.sum(y_pred, axis=axis, keepdims=True)
    output = ops.clip(output, epsilon(), 1.0 - epsilon())
    focal = ops.power(1.0 - output, gamma) * alpha * (-y_true * ops.log(output))
    return ops.sum(focal, axis=axis)


def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float) -> Any:
    """`(1 - p ** q) / q`, p being the probability of the label (Zhang and Sabuncu, 2018).

    Args:
        y_true: integer labels.
        y_pred: probabilities with one more axis, the classes.
        q: in (0, 1); towards 0 cross-entropy, towards 1 absolute error.
    """
    labels = ops.one_hot(ops.cast(y_true, "int32"), num_classes=y_pred.shape[-1])
    right = ops.sum(y_pred * ops.cast(labels, y_pred.dtype), axis=-1)
    return (1 - ops.power(right, q)) / q


class CategoricalCrossentropy(NamedLoss):
    """See `categorical_crossentropy`."""

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            categorical_crossentropy,
            reduction=reduction,
            name=name,
            dtype=dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


class CategoricalFocalCrossentropy(NamedLoss):
    """See `categorical_focal_crossentropy`."""

    def __init__(
        self,
        alpha: Any = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            categorical_focal_crossentropy,
            reduction=reduction,
            name=name,
            dtype=dtype,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


class CategoricalGeneralizedCrossEntropy(NamedLoss):
    """See `categorical_generalized_cross_entropy`."""

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ) -> None:
        if not 0 < q < 1:
            raise ValueError(f"`q` must be between 0 and 1; got {q}.")
        super().__init__(
            categorical_generalized_cross_entropy,
            reduction=reduction,
            name=name,
            dtype=dtype,
            q=q,
        )
