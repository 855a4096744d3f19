"""Where a training is."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Position:
    """What a training needs beside weights, optimizer state and random states to go on as if nothing had happened.

    Attributes:
        epoch: the number of the epoch under way, or that comes next.
        step: the steps of it that are done.
        steps: the steps an epoch has; None: not known.
        order_seed: of the order of rows on Spark; None: not on Spark.
        metrics: the state of the model's metrics, in the order of `metrics_variables`.
    """

    epoch: int
    step: int
    steps: int | None = None
    order_seed: int | None = None
    metrics: list[np.ndarray] = field(default_factory=list)
