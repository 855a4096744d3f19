"""What training loops ask of data."""

from collections.abc import Iterator
from typing import Any


class DataAdapter:
    """A source of batches `(x, y, sample_weight)` of NumPy arrays.

    Attributes:
        num_batches: batches of an epoch, `None` when unknown.
    """

    num_batches: int | None = None

    def epoch(self, epoch: int) -> Iterator[tuple[Any, Any, Any]]:
        """The batches of an epoch, or of all further ones for an endless source."""
        raise NotImplementedError

    def peek(self) -> tuple[Any, Any, Any]:
        """A batch to learn shapes from; it is not taken away from the epochs.

        Raises:
            ValueError: there is no data.
        """
        for batch in self.epoch(0):
            return batch
        raise ValueError("There is no data: the first batch is missing.")

    def on_epoch_begin(self) -> None:
        """Called before an epoch's first batch."""

    def on_epoch_end(self) -> None:
        """Called after an epoch's last batch."""
