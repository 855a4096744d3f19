"""Preparing a sequence for the recurrent primitives."""

from __future__ import annotations

from typing import Any

from bigdl_keras import activations, ops
from bigdl_keras.layers.rnn.base_dropout_cell import DropoutCell


def has_kernel(cell: Any, training: bool) -> bool:
    """Whether the primitive computes what an LSTM or GRU cell does: its activations are fixed."""
    return (
        cell.activation is activations.tanh
        and cell.recurrent_activation is activations.sigmoid
        and not (training and cell.recurrent_dropout)
    )


def sequence_for_kernel(
    cell: DropoutCell, sequences: Any, mask: Any, training: bool, go_backwards: bool
) -> tuple[Any, Any]:
    """The sequence in the order it is read, its inputs dropped out, and a mask bool ``(batch, time)``."""
    sequences = ops.cast(sequences, cell.compute_dtype)
    if training and cell.dropout:
        dropped = cell.get_dropout_mask(sequences[:, 0])
        sequences = ops.multiply(sequences, ops.expand_dims(dropped, 1))
        cell.reset_dropout_mask()
    keep = (
        ops.ones(ops.shape(sequences)[:2], dtype="bool") if mask is None else ops.cast(mask, "bool")
    )
    if go_backwards:
        sequences, keep = ops.flip(sequences, axis=1), ops.flip(keep, axis=1)
    return sequences, keep
