"""What users give as data, as structures of NumPy arrays."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bigdl_keras import tree
from bigdl_keras.config import floatx
from bigdl_keras.trainers.data_adapters.sparse_rows import SparseRows


def as_array(value: Any) -> Any:
    """One array: floats in `floatx()`, text as objects, all else in its own dtype; `None` stays.

    Accepts arrays, scalars' sequences, sparse matrices (made dense), and whatever NumPy can read
    (pandas, torch, TensorFlow, JAX). A pandas Series has shape (rows, 1).

    Raises:
        ValueError: rows of different shapes, or values that are neither numbers nor text.
    """
    if value is None:
        return None
    if type(value).__module__.startswith("pyspark."):
        raise TypeError(
            f"A Spark {type(value).__name__} is no array: it is data for `fit`, `evaluate` and "
            "`predict`, alone, with its labels and weights in columns. Collect it for other uses."
        )
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
    if array.dtype.kind in "OSTU":
        return _text(array)
    if array.dtype.kind == "f" and array.dtype != floatx():
        return array.astype(floatx())
    return array


def as_arrays(data: Any, leaf: Callable[[Any], Any] = as_array) -> Any:
    """Every leaf of `data` through `leaf`; a list of values (or of lists of them) is a leaf."""
    if isinstance(data, dict):
        return {key: as_arrays(value, leaf) for key, value in data.items()}
    if isinstance(data, (list, tuple)) and not _is_values(data):
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


def _text(array: np.ndarray) -> np.ndarray:
    """An array of text with one dtype, whatever its length."""
    if not array.ndim:
        raise ValueError(
            f"Unrecognized data: {array.item()!r} has no rows. Give arrays or a dataset."
        )
    array = array.astype(object)
    for value in array.flat:
        if not isinstance(value, (str, bytes)):
            raise ValueError(
                f"The data holds objects, a {type(value).__name__} among them: only numbers and "
                "text can be fed to a model. Convert them, and fill in missing values."
            )
    return array


def _is_values(data: Sequence[Any]) -> bool:
    """Whether nested lists hold numbers or text all the way down, rather than arrays."""
    while isinstance(data, (list, tuple)) and len(data):
        data = data[0]
    return isinstance(data, (bool, int, float, str, bytes, np.number, np.bool_))


def first_leaf(data: Any) -> np.ndarray:
    """The first array of a structure.

    Raises:
        ValueError: there is none.
    """
    for leaf in tree.flatten(data):
        if leaf is not None:
            return leaf
    raise ValueError("The data holds no array.")
