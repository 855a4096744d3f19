"""What users give as data, as structures of NumPy arrays."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bigdl_keras import tree
from bigdl_keras.config import floatx


def as_array(value: Any) -> Any:
    """One array: floats in `floatx()`, everything else in its own dtype; `None` stays.

    Accepts arrays, scalars' sequences, and whatever NumPy can read (pandas, torch, TensorFlow).

    Raises:
        ValueError: rows of different shapes, or values that are no numbers.
    """
    if value is None:
        return None
    if type(value).__module__.partition(".")[0] == "pandas":
        value = value.to_numpy()
    elif hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"The data cannot become one array: {error}. Pad its rows.") from error
    if array.dtype.kind in "OUS":
        raise ValueError(
            f"The data has dtype {array.dtype}: only numbers can be fed to a model. Convert text "
            "or objects first, for example with a preprocessing layer."
        )
    if array.dtype.kind == "f" and array.dtype != floatx():
        return array.astype(floatx())
    return array


def as_arrays(data: Any) -> Any:
    """Every leaf of `data` through `as_array`; a list of numbers (or of lists of them) is a leaf."""
    if isinstance(data, dict):
        return {key: as_arrays(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)) and not _is_numbers(data):
        parts = [as_arrays(item) for item in data]
        return tuple(parts) if isinstance(data, tuple) else parts
    return as_array(data)


def _is_numbers(data: Sequence[Any]) -> bool:
    """Whether nested lists hold numbers all the way down, rather than arrays."""
    while isinstance(data, (list, tuple)) and len(data):
        data = data[0]
    return isinstance(data, (bool, int, float, np.number, np.bool_))


def first_leaf(data: Any) -> np.ndarray:
    """The first array of a structure.

    Raises:
        ValueError: there is none.
    """
    for leaf in tree.flatten(data):
        if leaf is not None:
            return leaf
    raise ValueError("The data holds no array.")
