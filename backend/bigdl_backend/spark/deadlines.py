"""How long anything may wait on anything: nothing in a training job waits for ever."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Deadlines:
    """Seconds.

    Attributes:
        gang: from the first worker's start until all have started.
        recovery: from the loss of a worker until its replacement has started.
        shrink: the same for an elastic training, which then goes on with fewer workers.
        silence: without a sign of life, after which the other side of a connection counts as lost.
        beat: between two signs of life.
        exchange: one exchange among workers, without any progress.
    """

    gang: float = 180.0
    recovery: float = 300.0
    shrink: float = 30.0
    silence: float = 60.0
    beat: float = 5.0
    exchange: float = 600.0
