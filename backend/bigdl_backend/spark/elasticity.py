"""How many workers a training may have that takes in executors that come, and lets go those that leave."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bigdl_backend.spark.cluster import Cluster

_PAUSE_SECONDS = 0.2


@dataclass(frozen=True)
class Elasticity:
    """Bounds of the number of workers.

    Attributes:
        low: fewer are not worth it: training waits for more executors.
        high: at most so many, if the executors have slots for them; None: one an executor.
    """

    low: int = 1
    high: int | None = None

    def __post_init__(self) -> None:
        if self.low < 1 or (self.high is not None and self.high < self.low):
            raise ValueError(
                f"the numbers of workers must be at least 1 and in order, got {self.low} and {self.high}"
            )

    def workers(self, cluster: Cluster, lanes: int) -> int:
        """How many workers there should be in this cluster, with rows dealt from so many lanes."""
        wanted = cluster.executors if self.high is None else min(self.high, cluster.slots)
        return min(wanted, lanes)

    def gathered(
        self,
        cluster: Cluster,
        lanes: int,
        executors: Callable[[], Sequence[int]],
        patience: float,
    ) -> tuple[Cluster, int]:
        """The cluster as it is now, and the number of workers for it.

        Args:
            cluster: as it was.
            lanes: that rows are dealt from.
            executors: tells the cores of each executor.
            patience: seconds to wait until there are executors for `low` workers.

        Raises:
            TimeoutError: there are too few.
        """
        deadline = time.monotonic() + patience
        while True:
            cores = executors()
            if cores:
                now = replace(cluster, executors=len(cores), cores=min(cores))
                workers = self.workers(now, lanes)
                if workers >= self.low:
                    return now, workers
            if time.monotonic() > deadline:
                raise TimeoutError(
                    f"{len(cores)} executors are left, too few for {self.low} workers, and no more came within "
                    f"{patience:g} s: give the application more executors, or allow fewer workers (num_workers)"
                )
            time.sleep(_PAUSE_SECONDS)
