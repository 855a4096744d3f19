"""What happens in a training job, as the coordinator tells the driver."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Started:
    """A generation of these workers begins at this step of this epoch."""

    generation: int
    epoch: int
    step: int
    workers: tuple[str, ...]


@dataclass(frozen=True)
class StepDone:
    """All workers have finished a step."""

    epoch: int
    step: int
    logs: dict[str, float]


@dataclass(frozen=True)
class Pace:
    """How fast an epoch goes so far, as one of the workers sees it.

    Attributes:
        epoch: its number.
        rows: that all workers together have trained on.
        seconds: that this took.
        phases: where they went, see `Stopwatch`; reading the rows comes on top of `seconds`.
    """

    epoch: int
    rows: int
    seconds: float
    phases: dict[str, float]


@dataclass(frozen=True)
class StateDone:
    """The state behind a step that was asked for with its state; its `StepDone` follows."""

    epoch: int
    step: int
    arrays: dict[str, np.ndarray]


@dataclass(frozen=True)
class EpochDone:
    """All workers have finished an epoch and wait for the driver's decision.

    Attributes:
        epoch: its number.
        arrays: the state, and the metrics of the validation.
        workers: what each is called.
        phases: where each worker's time went, see `Stopwatch`.
        timelines: of each worker, see `Stopwatch.epoch`.
    """

    epoch: int
    arrays: dict[str, np.ndarray]
    workers: tuple[str, ...]
    phases: tuple[dict[str, float], ...]
    timelines: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Lost:
    """A worker is gone; its replacement is awaited."""

    worker: str
    reason: str


@dataclass(frozen=True)
class Failed:
    """The job cannot go on.

    Attributes:
        reason: what happened and what helps.
        missing: whether that is because a worker was lost and does not come back, or never came.
    """

    reason: str
    missing: bool = False


Event = Started | StepDone | Pace | StateDone | EpochDone | Lost | Failed
