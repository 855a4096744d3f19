"""Which rows are where: what each worker reports after reading, and what all workers together hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Layout:
    """Rows by source partition and by lane.

    Attributes:
        partitions: rows of each source partition.
        lane_sizes: rows of each lane.
        checksum: of the rows themselves, so that a replacement can be seen to have read the same ones.
    """

    partitions: dict[int, int]
    lane_sizes: tuple[int, ...]
    checksum: int = 0

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(self.lane_sizes)

    @staticmethod
    def merged(parts: Sequence[Layout]) -> Layout:
        """What several workers hold together."""
        partitions: dict[int, int] = {}
        for part in parts:
            for partition, count in part.partitions.items():
                partitions[partition] = partitions.get(partition, 0) + count
        sizes = np.sum([part.lane_sizes for part in parts], axis=0)
        return Layout(partitions, tuple(sizes.tolist()))

    def to_message(self, name: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """The JSON fields and arrays that carry this layout in a message, the arrays named after `name`."""
        arrays = {
            f"{name}:partitions": np.array(list(self.partitions.items()), np.int64).reshape(-1, 2),
            f"{name}:lanes": np.array(self.lane_sizes, np.int64),
        }
        return {"checksum": self.checksum}, arrays

    @staticmethod
    def from_message(
        name: str, fields: Mapping[str, Any], arrays: Mapping[str, np.ndarray]
    ) -> Layout:
        """The layout called `name` in a message."""
        partitions = dict(arrays[f"{name}:partitions"].tolist())
        return Layout(partitions, tuple(arrays[f"{name}:lanes"].tolist()), fields["checksum"])
