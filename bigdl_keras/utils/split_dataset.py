"""Two parts of a data set."""

from typing import Any

import numpy as np

from bigdl_keras import tree
from bigdl_keras.random import make_default_seed
from bigdl_keras.trainers.data_adapters.arrays import as_arrays, first_leaf


def split_dataset(
    dataset: Any,
    left_size: int | float | None = None,
    right_size: int | float | None = None,
    shuffle: bool = False,
    seed: int | None = None,
) -> tuple[Any, Any]:
    """The first rows and the last rows of arrays.

    Args:
        dataset: an array, or a structure of arrays with the same number of rows.
        left_size: rows (int) or share (float) of the left part.
        right_size: the same for the right part; what neither part takes is left out.
        shuffle: shuffle the rows first.
        seed: of the shuffling.

    Raises:
        ValueError: no size, or sizes that do not fit.
    """
    data = as_arrays(dataset)
    rows = len(first_leaf(data))
    if left_size is None and right_size is None:
        raise ValueError("Give `left_size`, `right_size` or both.")
    left, right = _count(left_size, rows, "left_size"), _count(right_size, rows, "right_size")
    left = rows - right if left is None else left  # type: ignore[operator]
    right = rows - left if right is None else right
    if left + right > rows:
        raise ValueError(f"Parts of {left} and {right} rows exceed the {rows} rows there are.")
    order = np.arange(rows)
    if shuffle:
        order = np.random.default_rng(make_default_seed() if seed is None else seed).permutation(
            rows
        )
    first, last = order[:left], order[rows - right :]
    return (
        tree.map_structure(lambda array: array[first], data),
        tree.map_structure(lambda array: array[last], data),
    )


def _count(size: int | float | None, rows: int, name: str) -> int | None:
    if size is None:
        return None
    if isinstance(size, float):
        if not 0 < size < 1:
            raise ValueError(f"`{name}` as a share must be between 0 and 1; got {size}.")
        return round(size * rows)
    if not 0 < size < rows:
        raise ValueError(f"`{name}` must be between 0 and the {rows} rows there are; got {size}.")
    return size
