"""Quantiles of data seen batch by batch, by small summaries that are merged.

A summary is float32[2, n]: values in ascending order, and how many elements each stands for.
"""

from __future__ import annotations

import numpy as np

EMPTY = np.zeros((2, 0), np.float32)


def summary_of(values: np.ndarray, epsilon: float) -> np.ndarray:
    """About ``1 / epsilon`` equally spaced elements of the sorted values; all if they are fewer."""
    ordered = np.sort(values.ravel())
    step = max(ordered.size * epsilon, 1)
    chosen = ordered[int(step - 1) :: int(step)]
    return np.stack([chosen, np.full_like(chosen, step)])


def merged(first: np.ndarray, second: np.ndarray, epsilon: float) -> np.ndarray:
    """The summary of what two summaries stand for, within the tolerance."""
    both = np.concatenate([first, second], axis=1)
    return _compressed(both[:, np.argsort(both[0])], epsilon)


def boundaries(summary: np.ndarray, bins: int) -> np.ndarray:
    """The ``bins - 1`` values between ranges of equal weight."""
    return _compressed(summary, 1.0 / bins)[0, :-1]


def _compressed(summary: np.ndarray, epsilon: float) -> np.ndarray:
    """At most about ``1 / epsilon`` values, interpolated at equal steps of cumulative weight."""
    if summary.shape[1] * epsilon < 1:
        return summary
    wanted = epsilon + np.arange(0.0, 1.0, epsilon)
    reached = summary[1].cumsum()
    share = reached / reached[-1]
    values = np.interp(wanted, share, summary[0])
    weights = np.diff(np.interp(wanted, share, reached), prepend=0)
    return np.stack([values, weights]).astype(np.float32)
