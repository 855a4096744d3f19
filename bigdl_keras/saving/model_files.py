"""``.keras`` and ``.weights.h5`` files."""

from __future__ import annotations

import datetime
import io
import json
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from bigdl_keras.saving import places
from bigdl_keras.saving.deserialization import deserialize_keras_object
from bigdl_keras.saving.h5_store import H5Reader, H5Writer
from bigdl_keras.saving.serialization import serialize_keras_object
from bigdl_keras.saving.shared_objects import ObjectSharingScope, without_single_marks
from bigdl_keras.saving.weights import read_state, write_state

_CONFIG = "config.json"
_METADATA = "metadata.json"
_WEIGHTS = "model.weights.h5"
_ASSETS = "assets"
# The version of Keras whose format is written; Keras reads it to tell old formats.
_FORMAT_VERSION = "3.15.1"
_KNOWN_EXTENSIONS = (".keras", ".h5", ".hdf5")


class MissingModelFile(FileNotFoundError, ValueError):
    """There is no such file. Keras says so with a ``ValueError``."""


def _existing(filepath: Any) -> str:
    """The place of a file to read; ``ValueError`` when it is missing or no model file at all."""
    place = str(filepath)
    if not place.endswith(_KNOWN_EXTENSIONS):
        raise ValueError(
            f"File format not supported: {place}. Expected a `.keras` or `.weights.h5` file"
        )
    if not places.exists(filepath):
        raise MissingModelFile(f"There is no file {place}")
    return place


def save_model(
    model: Any, filepath: Any, overwrite: bool = True, zipped: bool | None = None, **kwargs: Any
) -> None:
    """Write a model (architecture, weights, compile settings, optimizer state) to one file.

    Args:
        model: the model.
        filepath: a path or URI that ends in ``.keras``, or a binary file object. URIs (``hdfs://``,
            ``s3a://``, ...) are those that the running Spark session can reach.
        overwrite: whether an existing file is replaced. It is only after the new one is complete.
        zipped: ``None`` or ``True``; folders are not written.
        **kwargs: ``include_optimizer`` and ``save_format`` of older releases. They change nothing:
            a ``.keras`` file holds the optimizer, and the extension says the format.

    Raises:
        ValueError: another file extension, or other ``kwargs``.
        FileExistsError: the file exists and ``overwrite`` is false.
        TypeError: something in the model has no config.
    """
    unknown = sorted(set(kwargs) - {"include_optimizer", "save_format"})
    if unknown:
        raise ValueError(f"`save_model` has no arguments {unknown}")
    if zipped is False:
        raise ValueError("`zipped=False` is not supported: save to a single `.keras` file")
    if isinstance(filepath, io.IOBase):
        _write_archive(model, filepath)  # type: ignore[arg-type]
        return
    _check_place(filepath, ".keras", overwrite)
    places.write_atomically(filepath, lambda temporary: _write_archive_to(model, temporary))


def load_model(
    filepath: Any,
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Any:
    """Read a model from a ``.keras`` file.

    Args:
        filepath: a path or URI, or a binary file object.
        custom_objects: ``{name: class or function}`` for those that are not registered.
        compile: whether the model is compiled as it was.
        safe_mode: whether lambdas in the file are refused as unsafe (they are never run).

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged, truncated or of another kind, or weights do not fit.
        TypeError: a class or function cannot be found.
    """
    if isinstance(filepath, io.IOBase):
        return _read_archive(filepath, "the given file", custom_objects, compile, safe_mode)
    place = _existing(filepath)
    if not place.endswith(".keras"):
        raise ValueError(
            f"File format not supported: {place}. Expected a `.keras` file; weights alone "
            "(`.weights.h5`) are read by `model.load_weights()`"
        )
    with places.reading(filepath) as path, path.open("rb") as file:
        return _read_archive(file, place, custom_objects, compile, safe_mode)


def save_weights(
    model: Any,
    filepath: Any,
    overwrite: bool = True,
    max_shard_size: float | None = None,
    **kwargs: Any,
) -> None:
    """Write the weights (and the optimizer state) to a file that ends in ``.weights.h5``.

    Args:
        model: a built model.
        filepath: the path or URI.
        overwrite: whether an existing file is replaced.
        max_shard_size: ``None``; weights are always one file.
        **kwargs: ``objects_to_skip``, layers and the like that are left out.

    Raises:
        ValueError: another extension, a model that is not built, or ``max_shard_size``.
        FileExistsError: the file exists and ``overwrite`` is false.
    """
    skip = _objects_to_skip(kwargs)
    if max_shard_size is not None:
        raise ValueError("`max_shard_size` is not supported: weights are always one file")
    _check_place(filepath, ".weights.h5", overwrite)
    if not model.built:
        raise ValueError(
            f"The model '{model.name}' has not yet been built. Build it first by calling it on "
            "some data or by using `build()`."
        )

    def write(temporary: str) -> None:
        store = H5Writer(Path(temporary))
        try:
            write_state(model, store, skip=skip)
        finally:
            store.close()

    places.write_atomically(filepath, write)


def load_weights(model: Any, filepath: Any, skip_mismatch: bool = False, **kwargs: Any) -> None:
    """Set the weights from a ``.weights.h5`` or ``.keras`` file.

    Args:
        model: a built model of the same architecture.
        filepath: the path or URI.
        skip_mismatch: warn about layers that do not fit instead of raising.
        **kwargs: ``objects_to_skip``, layers and the like that stay as they are.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged, the model is not built, or weights do not fit.
    """
    by_name = kwargs.pop("by_name", None)
    if by_name is not None:
        raise ValueError("`by_name` is for HDF5 files of Keras 2, which are not read")
    skip = _objects_to_skip(kwargs)
    place = _existing(filepath)
    if not model.built:
        raise ValueError(
            f"The model '{model.name}' has not yet been built. Build it first by calling it on "
            "some data or by using `build()`."
        )
    if not place.endswith((".weights.h5", ".keras")):
        raise ValueError(
            f"File format not supported: {place}. Expected a `.weights.h5` or `.keras` file"
        )
    with places.reading(filepath) as path:
        source: Any = path
        if place.endswith(".keras"):
            with _opened_archive(path, place) as archive:
                source = io.BytesIO(_member(archive, _WEIGHTS, place))
        store = H5Reader(source, place)
        try:
            # Before the first variable is set: a damaged file changes nothing.
            store.verify()
            read_state(model, store, skip_mismatch=skip_mismatch, skip=skip)
        finally:
            store.close()


def model_to_bytes(model: Any) -> bytes:
    """What :func:`save_model` would write."""
    file = io.BytesIO()
    _write_archive(model, file)
    return file.getvalue()


def model_from_bytes(data: bytes, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The model in what :func:`model_to_bytes` returned; arguments as of :func:`load_model`."""
    return load_model(io.BytesIO(data), custom_objects)


def _objects_to_skip(kwargs: dict[str, Any]) -> tuple[Any, ...]:
    skip = kwargs.pop("objects_to_skip", None) or ()
    if kwargs:
        raise ValueError(f"Unknown arguments {sorted(kwargs)}; there is `objects_to_skip`")
    return tuple(skip)


def _check_place(filepath: Any, extension: str, overwrite: bool) -> None:
    if not str(filepath).endswith(extension):
        raise ValueError(
            f"Invalid `filepath` argument: expected a `{extension}` extension. "
            f"Received: filepath={filepath}"
        )
    if not overwrite and places.exists(filepath):
        raise FileExistsError(f"The file {filepath} exists; pass `overwrite=True` to replace it")


def _write_archive_to(model: Any, path: str) -> None:
    with open(path, "wb") as file:
        _write_archive(model, file)


def _write_archive(model: Any, file: BinaryIO) -> None:
    with ObjectSharingScope():
        config = json.dumps(without_single_marks(serialize_keras_object(model)))
    metadata = {
        "keras_version": _FORMAT_VERSION,
        "date_saved": datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S"),
    }
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(file, "w") as archive:
        weights, assets = Path(folder, _WEIGHTS), Path(folder, _ASSETS)
        store = H5Writer(weights)
        try:
            write_state(model, store, assets)
        finally:
            store.close()
        archive.writestr(_METADATA, json.dumps(metadata))
        archive.writestr(_CONFIG, config)
        archive.write(weights, _WEIGHTS)
        for asset in sorted(assets.rglob("*")):
            archive.write(asset, asset.relative_to(folder))


def _read_archive(
    file: Any,
    described_as: str,
    custom_objects: Mapping[str, Any] | None,
    compile: bool,
    safe_mode: bool,
) -> Any:
    with _opened_archive(file, described_as) as archive, tempfile.TemporaryDirectory() as folder:
        try:
            config = json.loads(_member(archive, _CONFIG, described_as))
        except json.JSONDecodeError as error:
            raise ValueError(f"The config in {described_as} is damaged: {error}") from error
        weights = io.BytesIO(_member(archive, _WEIGHTS, described_as))
        names = [name for name in archive.namelist() if name.startswith(f"{_ASSETS}/")]
        # `extractall` keeps members inside the folder, whatever their names say.
        archive.extractall(folder, names)
        if not compile:
            config["compile_config"] = None
        with ObjectSharingScope():
            model = deserialize_keras_object(config, custom_objects, safe_mode=safe_mode)
        store = H5Reader(weights, described_as)
        try:
            read_state(model, store, Path(folder, _ASSETS) if names else None)
        finally:
            store.close()
    return model


def _opened_archive(file: Any, described_as: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise ValueError(
            f"{described_as} is not a complete `.keras` file: it is truncated, damaged, or of "
            f"another kind ({error})"
        ) from error


def _member(archive: zipfile.ZipFile, name: str, described_as: str) -> bytes:
    try:
        return archive.read(name)
    except KeyError as error:
        raise ValueError(f"{described_as} is not a `.keras` file: it has no {name}") from error
    except (zipfile.BadZipFile, EOFError) as error:
        raise ValueError(f"{name} in {described_as} is damaged: {error}") from error
