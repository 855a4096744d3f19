"""Files by path or by URI: this machine's at once, others through the Spark session's Hadoop file systems.

Importing this, and using paths or `file:` URIs, does not import pyspark.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bigdl_backend.spark.hadoop_files import HadoopFiles

_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/")
_LOCAL = re.compile(r"file:(?://(?:localhost)?(?=/))?")


def local_path(place: Any) -> Path | None:
    """The path of a place on this machine; None for a URI of another file system.

    Raises:
        ValueError: a URI that went through `pathlib`, which takes away one of its slashes.
    """
    text = str(place)
    scheme = _URI.match(text)
    if scheme is None:
        return Path(text)
    if isinstance(place, Path):
        raise ValueError(f"{text} was a URI before it became a Path: give it as a string.")
    if scheme[1].lower() != "file":
        return None
    return Path(_LOCAL.sub("", text, count=1))


def joined(folder: Any, name: str) -> str:
    """The place of `name` in `folder`."""
    return f"{str(folder).rstrip('/')}/{name}"


def exists(place: Any) -> bool:
    """Whether there is a file or folder."""
    path = local_path(place)
    return _elsewhere().exists(str(place)) if path is None else path.exists()


def remove(place: Any) -> None:
    """Remove a file, or a folder and all in it."""
    path = local_path(place)
    if path is None:
        _elsewhere().remove(str(place))
    elif path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def copy(source: Any, target: Any) -> None:
    """Make `target` a copy of the file `source`, atomically."""
    with reading(source) as local:
        write_atomically(target, lambda temporary: shutil.copyfile(local, temporary))


@contextmanager
def reading(place: Any) -> Iterator[Path]:
    """A file of this machine with the content of the file at `place`.

    Raises:
        FileNotFoundError: there is none.
    """
    path = local_path(place)
    if path is not None:
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, _name(place))
        _elsewhere().fetch(str(place), path)
        yield path


def write_atomically(place: Any, write: Callable[[str], Any]) -> None:
    """Let `write` make a file under a temporary name, then put it in its place when it is complete.

    A crash or an error leaves the old file as it was. The temporary name ends like `place`, because writers choose
    their format by the ending. Missing folders are made.

    Raises:
        IsADirectoryError: `place` is a folder.
        OSError: it could not be written.
    """
    path = local_path(place)
    if path is None:
        files = _elsewhere()
        _refuse_folder(place, files.is_folder(str(place)))
        with tempfile.TemporaryDirectory() as folder:
            local = Path(folder, _name(place))
            write(str(local))
            files.publish(local, str(place))
        return
    _refuse_folder(place, path.is_dir())
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        write(str(temporary))
        os.replace(temporary, path)
    except OSError as error:
        if isinstance(error.__cause__, OSError):
            error = error.__cause__  # of the same, by a writer that itself writes atomically
        old = "the old file is as it was" if path.exists() else "there is no file"
        raise OSError(error.errno, f"{place} could not be written, and {old}: {error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _name(place: Any) -> str:
    return str(place).rstrip("/").rpartition("/")[2]


def _refuse_folder(place: Any, is_folder: bool) -> None:
    if is_folder:
        raise IsADirectoryError(f"{place} is a folder: give the name of a file.")


def _elsewhere() -> HadoopFiles:
    from bigdl_backend.spark.hadoop_files import HadoopFiles

    return HadoopFiles()
