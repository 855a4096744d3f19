"""Telling data that is made batch by batch from data whose rows are all there."""

from collections.abc import Iterator
from typing import Any

from bigdl_keras.trainers.data_adapters.arrays import is_sparse
from bigdl_keras.utils.py_dataset import PyDataset

_DATASET_MODULES = ("torch", "tensorflow", "grain")
_ARRAY_MODULES = ("pandas", "jax")


def brings_batches(x: Any) -> bool:
    """Whether `x` yields batches, rather than being a structure of arrays."""
    if isinstance(x, (PyDataset, Iterator)):
        return True
    if hasattr(x, "__array__") or isinstance(x, (list, tuple, dict)) or is_sparse(x):
        return False
    library = type(x).__module__.partition(".")[0]
    return library in _DATASET_MODULES or (hasattr(x, "__iter__") and library not in _ARRAY_MODULES)
