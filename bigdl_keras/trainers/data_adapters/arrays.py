"""What users give as data, as structures of NumPy arrays."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bigdl_keras import tree
from bigdl_keras.config import floatx
from bigdl_keras.trainers.data_adapters.sparse_rows import SparseRows


def as_array(value: Any) -> Any:
    """One array: floats in `floatx()`, everything else in its own dtype; `None` stays.

    Accepts arrays, scalars' sequences, sparse matrices (made dense), and whatever NumPy can read
    (pandas, torch, TensorFlow, JAX). A pandas Series has shape (rows, 1).

    Raises:
        ValueError: rows of different shapes, or values that are no numbers.
    """
    if value is None:
        return None
    if type(value).__module__.partition(".")[0] == "pandas":
        # A column is a feature of its own, as in a frame of one column.
        value = value.to_numpy() if value.ndim > 1 else value.to_numpy()[:, None]
    elif hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    elif is_sparse(value):
        value = value.toarray()
    elif hasattr(value, "todense"):
        value = value.todense()
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


def as_arrays(data: Any, leaf: Callable[[Any], Any] = as_array) -> Any:
    """Every leaf of `data` through `leaf`; a list of numbers (or of lists of them) is a leaf."""
    if isinstance(data, dict):
        return {key: as_arrays(value, leaf) for key, value in data.items()}
    if isinstance(data, (list, tuple)) and not _is_numbers(data):
        parts = [as_arrays(item, leaf) for item in data]
        return tuple(parts) if isinstance(data, tuple) else parts
    return leaf(data)


def as_rows(value: Any) -> Any:
    """Like `as_array`, for data of which only batches are used: sparse matrices stay sparse."""
    if isinstance(value, SparseRows):
        return value
    if is_sparse(value):
        dtype = np.dtype(floatx()) if value.dtype.kind == "f" else value.dtype
        return SparseRows(value, dtype)
    return as_array(value)


def is_sparse(value: Any) -> bool:
    """Whether `value` is a SciPy sparse matrix or array; SciPy need not be installed."""
    return type(value).__module__.startswith("scipy.sparse") and hasattr(value, "tocsr")


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
