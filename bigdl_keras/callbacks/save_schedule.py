"""When checkpoints are due."""

import copy
from collections.abc import Sequence


class SaveSchedule:
    """Every epoch, or every so many batches counted across epochs.

    Args:
        save_freq: "epoch" or a number of batches.
    """

    def __init__(self, save_freq: str | int) -> None:
        if save_freq != "epoch" and not isinstance(save_freq, int):
            raise ValueError(f"`save_freq` must be 'epoch' or an int; got {save_freq!r}.")
        self.every = None if save_freq == "epoch" else int(save_freq)
        self._since = 0
        self._last: int | None = None

    def due_after_epoch(self) -> bool:
        """Whether the end of an epoch is a time to save."""
        return self.every is None

    def due_after_batch(self, batch: int) -> bool:
        """Whether the end of this batch (numbered within its epoch) is a time to save."""
        if self.every is None:
            return False
        begun_anew = self._last is None or batch <= self._last
        self._since += batch + 1 if begun_anew else batch - self._last  # type: ignore[operator]
        self._last = batch
        if self._since < self.every:
            return False
        self._since = 0
        return True

    def due_among(self, batches: Sequence[int]) -> list[int]:
        """After which of the batches of the coming epoch it will be time to save."""
        if self.every is None:
            return []
        ahead = copy.copy(self)
        return [batch for batch in batches if ahead.due_after_batch(batch)]
