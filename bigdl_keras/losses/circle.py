"""Circle loss for embeddings."""

from typing import Any

from bigdl_backend.graph import replica
from bigdl_keras import ops
from bigdl_keras.core.masks import set_keras_mask
from bigdl_keras.losses.function_loss import NamedLoss


def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> Any:
    """Pairwise loss that weights every similarity by its distance from the optimum (Sun, 2020).

    Args:
        y_true: integer labels, (batch,) or (batch, 1).
        y_pred: L2-normalised embeddings, (batch, dim).
        ref_labels: labels of the reference set; the batch itself by default.
        ref_embeddings: embeddings of the reference set.
        remove_diagonal: a sample is no reference for itself.
        gamma: scale.
        margin: relaxation of the decision boundary.

    Raises:
        NotImplementedError: in training on several workers, where pairs would span workers.
    """
    if replica.is_distributed():
        raise NotImplementedError(
            "Circle loss compares all pairs of a batch, which is split when training runs on "
            "several workers: train locally, or use a loss of single samples."
        )
    y_pred = ops.convert_to_tensor(y_pred)
    labels = ops.reshape(ops.cast(y_true, "int32"), (-1, 1))
    references = y_pred if ref_embeddings is None else ops.convert_to_tensor(ref_embeddings)
    ref_labels = y_true if ref_labels is None else ref_labels
    ref_labels = ops.reshape(ops.cast(ref_labels, "int32"), (1, -1))

    distance = ops.maximum(1 - ops.matmul(y_pred, ops.transpose(references)), 0.0)
    positive = ops.equal(labels, ref_labels)
    negative = ops.logical_not(positive)
    if remove_diagonal:
        diagonal = ops.eye(labels.shape[0], ref_labels.shape[1], dtype="bool")
        positive = ops.logical_and(positive, ops.logical_not(diagonal))
    minus_infinity = float("-inf")
    pull = ops.maximum(margin + distance, 0.0) * (margin - distance) * -gamma
    push = ops.maximum(1 + margin - distance, 0.0) * (1 - margin - distance) * gamma
    pull = ops.logsumexp(ops.where(positive, pull, minus_infinity), axis=1)
    push = ops.logsumexp(ops.where(negative, push, minus_infinity), axis=1)
    losses = ops.softplus(pull + push)
    set_keras_mask(losses, ops.greater(losses, 0))
    return losses


class Circle(NamedLoss):
    """See `circle`; samples with loss zero do not count in the mean."""

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str = "circle",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            circle,
            reduction=reduction,
            name=name,
            dtype=dtype,
            gamma=gamma,
            margin=margin,
            remove_diagonal=remove_diagonal,
        )
