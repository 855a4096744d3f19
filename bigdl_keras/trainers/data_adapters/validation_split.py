"""Holding back the last rows for validation."""

from typing import Any

from bigdl_keras import tree
from bigdl_keras.trainers.data_adapters.arrays import as_arrays, first_leaf


def train_validation_split(data: Any, validation_split: float) -> tuple[Any, Any]:
    """`data` cut into its first rows and its last `validation_split` of rows.

    Args:
        data: a structure of arrays, `None` leaves allowed.
        validation_split: a fraction in (0, 1).

    Raises:
        ValueError: the fraction leaves one of the parts empty.
    """
    if not 0 < validation_split < 1:
        raise ValueError(f"`validation_split` must be between 0 and 1; got {validation_split}.")
    data = tuple(as_arrays(part) for part in data)
    rows = len(first_leaf(data))
    split = int(rows * (1.0 - validation_split))
    if split in (0, rows):
        raise ValueError(
            f"`validation_split={validation_split}` of {rows} rows leaves nothing to "
            f"{'train' if split == 0 else 'validate'} on."
        )

    def part(begin: int, end: int) -> Any:
        return tree.map_structure(lambda a: None if a is None else a[begin:end], data)

    return part(0, split), part(split, rows)
