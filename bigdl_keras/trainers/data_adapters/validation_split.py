"""Holding back the last rows for validation."""

from typing import Any

from bigdl_keras import tree
from bigdl_keras.trainers.data_adapters.arrays import as_arrays, as_rows, first_leaf
from bigdl_keras.trainers.data_adapters.kinds import brings_batches
from bigdl_keras.trainers.data_adapters.sparse_rows import SparseRows


def _part(rows: Any, begin: int, end: int) -> Any:
    if isinstance(rows, SparseRows):
        return rows.part(begin, end)
    return None if rows is None else rows[begin:end]


def train_validation_split(data: Any, validation_split: float) -> tuple[Any, Any]:
    """`data` cut into its first rows and its last `validation_split` of rows.

    Args:
        data: a structure of arrays, `None` leaves allowed.
        validation_split: a fraction in (0, 1).

    Raises:
        ValueError: the fraction leaves one of the parts empty, or the data are not arrays.
    """
    if not 0 < validation_split < 1:
        raise ValueError(f"`validation_split` must be between 0 and 1; got {validation_split}.")
    if brings_batches(data[0]):
        raise ValueError(
            f"`validation_split` is for arrays, not for a {type(data[0]).__name__}, whose rows are "
            "made batch by batch: give `validation_data`."
        )
    data = tuple(as_arrays(part, as_rows) for part in data)
    rows = len(first_leaf(data))
    split = int(rows * (1.0 - validation_split))
    if split in (0, rows):
        raise ValueError(
            f"`validation_split={validation_split}` of {rows} rows leaves nothing to "
            f"{'train' if split == 0 else 'validate'} on."
        )

    def part(begin: int, end: int) -> Any:
        return tree.map_structure(lambda rows: _part(rows, begin, end), data)

    return part(0, split), part(split, rows)
