"""Connectionist temporal classification."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_backend.primitives import functional as F
from bigdl_keras.core.keras_op import keras_op
from bigdl_keras.ops.indexing import known

# Finite, so that the gradient of impossible paths is 0 and not NaN.
_IMPOSSIBLE = -1e5


@keras_op
def ctc_loss(
    target: Any, output: Any, target_length: Any, output_length: Any, mask_index: int = 0
) -> Any:
    """-log of the probability of all paths that spell `target`.

    Args:
        target: labels, int[B, N].
        output: logits, [B, T, classes].
        target_length: labels of each row that count, int[B].
        output_length: steps of each row that count, int[B].
        mask_index: the class that stands for "nothing".

    Returns:
        The loss of each row, float[B] (Graves et al., "Connectionist temporal classification", 2006).
    """
    target = F.as_value(target, "int32")
    (output,) = F.promoted_float(output)
    output = F.cast(output, "float32") if output.dtype.itemsize < 4 else output
    log_probs = F.log_softmax(output)
    steps, classes = log_probs.shape[1:]
    # The path goes through blank, label 0, blank, label 1, ..., blank.
    blanks = F.expand_dims(F.full_like(target, mask_index), -1)
    pairs = F.concatenate([blanks, F.expand_dims(target, -1)], -1)
    path = F.concatenate(
        [F.reshape(pairs, (target.shape[0], -1)), F.getitem(blanks, (slice(None), 0))], 1
    )
    states = path.shape[1]
    emitted = F.einsum("btk,bsk->tbs", log_probs, F.one_hot(path, classes, dtype=output.dtype))
    same = F.equal(F.slice_axis(path, 1, 2, states), F.slice_axis(path, 1, 0, states - 2))
    blank = F.equal(F.slice_axis(path, 1, 2, states), mask_index)
    skips = F.pad(F.logical_not(F.logical_or(same, blank)), [(0, 0), (2, 0)])
    first = F.less(F.arange_dim(states), 1)
    start = F.where(first, F.zeros_like(F.getitem(emitted, 0)), _IMPOSSIBLE)
    running = F.less(F.expand_dims(F.arange_dim(steps), 1), F.as_value(output_length, "int32"))

    def step(carries: list[Any], slices: list[Any]) -> tuple[list[Any], list[Any]]:
        (alpha,), (emission, goes_on) = carries, slices
        one, two = _shifted(alpha, 1, states), _shifted(alpha, 2, states)
        reached = F.logaddexp(alpha, one)
        reached = F.logaddexp(reached, F.where(skips, two, _IMPOSSIBLE))
        new = F.maximum(F.add(reached, emission), _IMPOSSIBLE)
        return [F.where(F.expand_dims(goes_on, -1), new, alpha)], []

    # Before the first step the path stands before the first blank: entering state 0 or 1 is a move.
    begin = F.concatenate([start, F.full_like(F.slice_axis(start, 1, 0, 1), _IMPOSSIBLE)], 1)
    begin = F.slice_axis(begin, 1, 0, states)
    (alpha,), _ = F.scan(step, [begin], [emitted, running])
    ends = F.multiply(F.as_value(target_length, "int32"), 2)
    at_blank = F.take_along_axis(alpha, F.expand_dims(ends, -1), 1)
    before = F.maximum(F.subtract(ends, 1), 0)
    at_label = F.take_along_axis(alpha, F.expand_dims(before, -1), 1)
    at_label = F.where(F.expand_dims(F.greater(ends, 0), -1), at_label, _IMPOSSIBLE)
    return F.negative(F.squeeze(F.logaddexp(at_blank, at_label), -1))


def _shifted(alpha: Any, count: int, states: Any) -> Any:
    kept = F.slice_axis(alpha, 1, 0, states - count)
    return F.pad(kept, [(0, 0), (count, 0)], constant_values=_IMPOSSIBLE)


@keras_op
def ctc_decode(
    inputs: Any,
    sequence_lengths: Any,
    strategy: str = "greedy",
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
    mask_index: int = 0,
) -> tuple[Any, Any]:
    """The best class of each step, repeats merged and blanks removed; arrays only.

    Returns:
        Labels int32[1, B, T], filled up with -1, and the negated sums of the chosen logits [B, 1].

    Raises:
        NotImplementedError: a strategy other than "greedy".
    """
    if strategy != "greedy":
        raise NotImplementedError(
            f"`ctc_decode` with strategy={strategy!r} (beam_width={beam_width}, "
            f"top_paths={top_paths}): only 'greedy' is available"
        )
    scores = known(inputs, "ctc_decode")
    lengths = np.asarray(sequence_lengths)
    best = scores.argmax(-1)
    inside = np.arange(scores.shape[1]) < lengths[:, None]
    keep = inside & (best != mask_index)
    if merge_repeated:
        keep[:, 1:] &= best[:, 1:] != best[:, :-1]
    decoded = np.full((1, *best.shape), -1, np.int32)
    for row, (labels, kept) in enumerate(zip(best, keep, strict=True)):
        chosen = labels[kept]
        decoded[0, row, : len(chosen)] = chosen
    total = np.where(inside, scores.max(-1), 0).sum(-1, keepdims=True)
    return decoded, -total
