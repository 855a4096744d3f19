"""Whole files in Hadoop's file systems, through the JVM of the Spark application that runs."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark import SparkContext

# These show a file when it is complete and not before; a rename would copy it once more, and delete the old one first.
_OBJECT_STORES = frozenset({"s3", "s3a", "s3n", "gs", "oss", "cosn", "obs"})


class HadoopFiles:
    """Files and folders by URI, as the running classic Spark session is configured to reach them.

    Methods raise OSError with what Hadoop said; FileNotFoundError when a file is missing.

    Raises:
        RuntimeError: no classic session runs.
    """

    def __init__(self) -> None:
        context = SparkContext._active_spark_context
        if context is None or context._jvm is None:
            raise RuntimeError(
                "files outside this machine are reached through a running Spark session, and there is none. Start "
                "one first (bigdl_keras.spark.session(), not Spark Connect), or give a path on this machine."
            )
        self._jvm: Any = context._jvm
        self._conf = context._jsc.hadoopConfiguration()
        self._gateway: Any = context._gateway

    def exists(self, uri: str) -> bool:
        """Whether there is a file or folder."""
        with _told(uri):
            path = self._path(uri)
            return bool(path.getFileSystem(self._conf).exists(path))

    def is_folder(self, uri: str) -> bool:
        """Whether there is a folder."""
        with _told(uri):
            path = self._path(uri)
            files = path.getFileSystem(self._conf)
            return bool(files.exists(path) and files.getFileStatus(path).isDirectory())

    def fetch(self, uri: str, local: str | os.PathLike[str]) -> None:
        """Copy a file to this machine."""
        with _told(uri):
            path = self._path(uri)
            raw = True  # no checksum file beside the copy
            target = self._path(f"file://{os.path.abspath(local)}")
            path.getFileSystem(self._conf).copyToLocalFile(False, path, target, raw)

    def publish(self, local: str | os.PathLike[str], uri: str) -> None:
        """Copy a file from this machine to `uri`, where it is complete or the old one; missing folders are made."""
        with _told(uri):
            target = self._path(uri)
            files = target.getFileSystem(self._conf)
            source = self._path(f"file://{os.path.abspath(local)}")
            if target.toUri().getScheme() in _OBJECT_STORES:
                files.copyFromLocalFile(False, True, source, target)
                return
            parent = target.getParent()
            files.mkdirs(parent)
            name = f".{uuid.uuid4().hex}-{target.getName()}"
            temporary = self._jvm.org.apache.hadoop.fs.Path(parent, name)
            try:
                files.copyFromLocalFile(False, True, source, temporary)
                self._replace(files, temporary, target)
            finally:
                files.delete(temporary, False)

    def remove(self, uri: str) -> None:
        """Remove a file, or a folder and all in it."""
        with _told(uri):
            path = self._path(uri)
            path.getFileSystem(self._conf).delete(path, True)

    def _path(self, uri: str) -> Any:
        return self._jvm.org.apache.hadoop.fs.Path(uri)

    def _replace(self, files: Any, temporary: Any, target: Any) -> None:
        hadoop = self._jvm.org.apache.hadoop.fs
        options = self._gateway.new_array(hadoop.Options.Rename, 1)
        options[0] = hadoop.Options.Rename.OVERWRITE
        try:
            # Renames over an existing file, which FileSystem cannot.
            view = hadoop.FileContext.getFileContext(target.toUri(), self._conf)
        except Py4JJavaError as error:
            if "UnsupportedFileSystemException" not in str(error.java_exception.toString()):
                raise
            self._replace_by_two(files, temporary, target)
        else:
            view.rename(temporary, target, options)

    def _replace_by_two(self, files: Any, temporary: Any, target: Any) -> None:
        """For file systems without FileContext: only a crash between two renames leaves the old file set aside."""
        aside = self._jvm.org.apache.hadoop.fs.Path(
            target.getParent(), f".{target.getName()}.replaced"
        )
        replaces = files.exists(target)
        if replaces:
            files.rename(target, aside)
        if not files.rename(temporary, target):
            if replaces:
                files.rename(aside, target)
            raise OSError(f"{target.toString()} cannot be renamed to: the old file stays")
        if replaces:
            files.delete(aside, False)


@contextmanager
def _told(uri: str) -> Iterator[None]:
    try:
        yield
    except Py4JJavaError as error:
        said = str(error.java_exception.toString())
        kind = FileNotFoundError if "FileNotFoundException" in said else OSError
        hint = ""
        if "No FileSystem for scheme" in said or "ClassNotFoundException" in said:
            hint = " Add the connector for it to the session (spark.jars.packages)."
        raise kind(f"{uri}: {said}.{hint}") from error
