"""Data whose batches are made on demand."""

import warnings
from typing import Any


class PyDataset:
    """Base class for data made batch by batch.

    Subclasses define `__getitem__(index)`, which returns `(x, y)` or `(x, y, sample_weight)`, and
    `__len__()` (or `num_batches`, which may be `None` for endless data).

    Args:
        workers: threads or processes that make batches ahead.
        use_multiprocessing: processes instead of threads.
        max_queue_size: most batches made ahead.
    """

    # For subclasses that do not call `super().__init__()`.
    workers = 1
    use_multiprocessing = False
    max_queue_size = 10

    def __init__(
        self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10
    ) -> None:
        self.workers, self.max_queue_size = workers, max_queue_size
        self.use_multiprocessing = use_multiprocessing
        if use_multiprocessing and workers < 2:
            warnings.warn(
                f"{type(self).__name__}: one worker process makes batches no faster than none; "
                "set `workers` to 2 or more.",
                stacklevel=2,
            )

    def __getitem__(self, index: int) -> Any:
        """Batch number `index`."""
        raise NotImplementedError(f"{type(self).__name__} must define `__getitem__(index)`.")

    @property
    def num_batches(self) -> int | None:
        """Batches of an epoch; `None` when there is no end."""
        if hasattr(self, "__len__"):
            return len(self)
        raise NotImplementedError(
            f"{type(self).__name__} must define `__len__()` or the property `num_batches`."
        )

    def on_epoch_begin(self) -> None:
        """Called before every epoch."""

    def on_epoch_end(self) -> None:
        """Called after every epoch, for example to shuffle."""
