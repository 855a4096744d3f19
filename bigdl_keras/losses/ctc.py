"""Connectionist temporal classification."""

from typing import Any

from bigdl_keras import ops
from bigdl_keras.losses.function_loss import NamedLoss


def ctc(y_true: Any, y_pred: Any) -> Any:
    """Negative log-likelihood of label sequences under any alignment (Graves et al., 2006).

    Args:
        y_true: integer labels (batch, max_length), padded with zeros; zero is the blank.
        y_pred: logits (batch, time, classes).
    """
    if len(y_true.shape) != 2:
        raise ValueError(f"CTC labels must be (batch, max_length); got shape {y_true.shape}.")
    if len(y_pred.shape) != 3:
        raise ValueError(f"CTC logits must be (batch, time, classes); got shape {y_pred.shape}.")
    present = ops.cast(ops.not_equal(y_true, 0), "int32")
    label_length = ops.sum(present, axis=-1)
    time = y_pred.shape[1]
    output_length = ops.ones_like(label_length) * time
    return ops.ctc_loss(y_true, y_pred, label_length, output_length, mask_index=0)


class CTC(NamedLoss):
    """See `ctc`."""

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "ctc",
        dtype: Any = None,
    ) -> None:
        super().__init__(ctc, reduction=reduction, name=name, dtype=dtype)
