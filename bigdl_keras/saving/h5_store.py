"""Groups of variables in an HDF5 file, laid out as Keras 3 does."""

from __future__ import annotations

import errno
import math
import os
import resource
import shutil
import zlib
from collections.abc import KeysView
from pathlib import Path
from typing import Any, BinaryIO

import h5py
import ml_dtypes
import numpy as np

# A file that declares far more data than it holds would exhaust memory when read.
_BOMB_FLOOR = 1 << 32
_BOMB_RATIO = 1000
# HDF5 notices when the end of a file is missing, not when bytes in it are other ones.
_CHECKSUM = "crc32"
# More than HDF5 takes for itself with each variable.
_BOOKKEEPING = 1 << 16


class H5Writer:
    """Writes variables; ``group(path)`` gives the dict-like place for those of one object."""

    def __init__(self, file: Path | BinaryIO) -> None:
        self._file = h5py.File(file, "w")

    def group(self, path: str, name: str | None) -> H5Group:
        """The place of the object at ``path``, called ``name``."""
        group = self._file.create_group(f"{path}/vars" if path else "vars")
        if name is not None:
            group.attrs["name"] = name
        return H5Group(group)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class H5Reader:
    """Reads variables; ``group(path)`` gives the dict-like place of those of one object.

    Raises ``ValueError`` when the file is no HDF5 file, or damaged.
    """

    def __init__(self, file: Path | BinaryIO, described_as: str) -> None:
        self._what = described_as
        try:
            self._file = h5py.File(file, "r")
        except OSError as error:
            if isinstance(error, FileNotFoundError):
                raise
            raise ValueError(
                f"The weights in {described_as} cannot be read: the file is damaged, truncated, or "
                f"no HDF5 file ({error})"
            ) from error

    def group(self, path: str) -> H5Group:
        """The variables of the object at ``path``; empty if the file has none."""
        current: Any = self._file
        for part in [*path.split("/"), "vars"] if path else ["vars"]:
            if part not in current:
                return H5Group({})
            _refuse_links(current, part)
            current = current[part]
            if not isinstance(current, h5py.Group):
                raise ValueError(f"Invalid weights in {self._what}: '{path}' is not a group")
        return H5Group(current)

    def verify(self) -> None:
        """Read everything once; ``ValueError`` when a part is damaged or missing."""

        def check(path: str, item: Any) -> None:
            if isinstance(item, h5py.Dataset):
                parent, _, name = path.rpartition("/")
                H5Group(self._file[parent] if parent else self._file)[name]

        try:
            self._file.visititems(check)
        except (OSError, RuntimeError, KeyError, ValueError) as error:
            raise ValueError(
                f"The weights in {self._what} are damaged or truncated, and none were loaded: {error}"
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class H5Group:
    """The variables of one object: a mapping from names (usually numbers) to arrays."""

    def __init__(self, group: Any) -> None:
        self._group = group

    def keys(self) -> KeysView[str]:
        """The names of the variables."""
        return self._group.keys()

    def __len__(self) -> int:
        return len(self._group)

    def __contains__(self, name: str) -> bool:
        return name in self._group

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._group:
            raise KeyError(f"there is no variable '{name}'; the file has {sorted(self._group)}")
        _refuse_links(self._group, name)
        dataset = self._group[name]
        if not isinstance(dataset, h5py.Dataset) or dataset.external or dataset.is_virtual:
            raise ValueError(f"Invalid weights: '{name}' does not hold plain data")
        declared = math.prod(dataset.shape) * dataset.dtype.itemsize
        if declared > max(_BOMB_FLOOR, _BOMB_RATIO * dataset.id.get_storage_size()):
            raise ValueError(
                f"Invalid weights: '{name}' declares {declared} bytes, far more than the file holds"
            )
        try:
            value = np.asarray(dataset)
        except OSError as error:
            raise ValueError(f"The variable '{name}' is damaged or truncated ({error})") from error
        if _CHECKSUM in dataset.attrs and dataset.attrs[_CHECKSUM] != _checksum(value):
            raise ValueError(f"The variable '{name}' is damaged: its checksum is another")
        if dataset.attrs.get("dtype") == "bfloat16":
            return (
                value.view(ml_dtypes.bfloat16)
                if value.dtype.kind == "V"
                else (value.astype(ml_dtypes.bfloat16))
            )
        return value

    def __setitem__(self, name: str, value: Any) -> None:
        array = np.asarray(value)
        _check_room(self._group.file, array.nbytes)
        dataset = self._group.create_dataset(name, data=array)
        if not array.dtype.hasobject:
            dataset.attrs[_CHECKSUM] = _checksum(array)
        if array.dtype == ml_dtypes.bfloat16:
            dataset.attrs["dtype"] = "bfloat16"


def _check_room(file: h5py.File, size: int) -> None:
    """Raise ``OSError`` where HDF5 would meet a full disk: it could not close the file, and crash the process later."""
    if file.driver == "fileobj":
        return
    left = shutil.disk_usage(Path(file.filename).parent).free
    most, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    if most != resource.RLIM_INFINITY:
        left = min(left, most - Path(file.filename).stat().st_size)
    if size + _BOOKKEEPING > left:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), file.filename)


def _checksum(array: np.ndarray) -> int:
    return zlib.crc32(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)


def _refuse_links(group: Any, name: str) -> None:
    link = group.get(name, getclass=True, getlink=True)
    if link in (h5py.ExternalLink, h5py.SoftLink):
        raise ValueError(f"Invalid weights: '{name}' is a link ({link.__name__})")
