"""Cross-entropy of integer labels."""

from typing import Any

from bigdl_keras import ops
from bigdl_keras.core.masks import set_keras_mask
from bigdl_keras.losses.function_loss import NamedLoss


def sparse_categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
) -> Any:
    """`-log(y_pred[y_true])`.

    Args:
        y_true: class numbers, of the shape of `y_pred` without the classes (or with one there).
        y_pred: probabilities (they are normalised) or logits.
        from_logits: whether `y_pred` holds logits.
        ignore_class: a label whose samples have loss zero, such as a "void" class.
        axis: axis of the classes.
    """
    if len(y_true.shape) == len(y_pred.shape) and y_true.shape[axis] == 1:
        y_true = ops.squeeze(y_true, axis=axis)
    if ignore_class is None:
        return ops.sparse_categorical_crossentropy(
            y_true, y_pred, from_logits=from_logits, axis=axis
        )
    valid = ops.not_equal(y_true, ignore_class)
    losses = ops.sparse_categorical_crossentropy(
        ops.where(valid, y_true, 0),
        ops.where(ops.expand_dims(valid, axis), y_pred, 0),
        from_logits=from_logits,
        axis=axis,
    )
    losses = ops.where(valid, losses, 0.0)
    set_keras_mask(losses, valid)
    return losses


class SparseCategoricalCrossentropy(NamedLoss):
    """See `sparse_categorical_crossentropy`; ignored samples do not count in the mean."""

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            sparse_categorical_crossentropy,
            reduction=reduction,
            name=name,
            dtype=dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
