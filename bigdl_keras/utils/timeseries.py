"""Windows over a series as batches."""

from typing import Any

import numpy as np

from bigdl_keras.random import make_default_seed
from bigdl_keras.utils.py_dataset import PyDataset


class TimeseriesDataset(PyDataset):
    """Batches of windows that begin at given positions of a series."""

    def __init__(
        self,
        data: np.ndarray,
        targets: np.ndarray | None,
        positions: np.ndarray,
        offsets: np.ndarray,
        batch_size: int,
    ) -> None:
        super().__init__()
        self._data = data
        self._targets = targets
        self._positions = positions
        self._offsets = offsets
        self._batch_size = batch_size

    def __len__(self) -> int:
        return -(-len(self._positions) // self._batch_size)

    def __getitem__(self, index: int) -> Any:
        start = index * self._batch_size
        positions = self._positions[start : start + self._batch_size]
        windows = self._data[positions[:, None] + self._offsets]
        return windows if self._targets is None else (windows, self._targets[positions])


def timeseries_dataset_from_array(
    data: Any,
    targets: Any,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
) -> TimeseriesDataset:
    """Sliding windows over the first axis of `data`.

    Args:
        data: the series; axis 0 is time.
        targets: `targets[i]` belongs to the window that begins at `i`; `None` for windows only.
        sequence_length: elements of a window.
        sequence_stride: steps between the beginnings of windows.
        sampling_rate: steps between the elements of a window.
        batch_size: windows of a batch.
        shuffle: whether windows come in random order.
        seed: of the shuffling.
        start_index: earlier elements are not used.
        end_index: elements from here on are not used.

    Returns:
        A `PyDataset` of arrays (batch, sequence_length, ...), with targets where given.

    Raises:
        ValueError: numbers that are not positive, or bounds outside of the data.
    """
    sizes = {
        "sequence_length": sequence_length,
        "sequence_stride": sequence_stride,
        "sampling_rate": sampling_rate,
        "batch_size": batch_size,
    }
    for name, size in sizes.items():
        if size <= 0:
            raise ValueError(f"`{name}` must be positive; got {size}.")
    series = np.asarray(data)
    begin = 0 if start_index is None else start_index
    end = len(series) if end_index is None else end_index
    if not 0 <= begin < end <= len(series):
        raise ValueError(
            f"`start_index` and `end_index` must mark a part of the {len(series)} elements; "
            f"got {start_index} and {end_index}."
        )
    series = series[begin:end]
    labels = None if targets is None else np.asarray(targets)[begin:end]
    windows = len(series) - (sequence_length - 1) * sampling_rate
    if labels is not None:
        windows = min(windows, len(labels))
    positions = np.arange(0, windows, sequence_stride)
    if not len(positions):
        raise ValueError(
            f"No window of {sequence_length} elements, {sampling_rate} apart, fits into "
            f"{len(series)} elements."
        )
    if shuffle:
        np.random.default_rng(make_default_seed() if seed is None else seed).shuffle(positions)
    offsets = np.arange(sequence_length) * sampling_rate
    return TimeseriesDataset(series, labels, positions, offsets, batch_size)
