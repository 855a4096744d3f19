"""Writing and reading models, weights and configs in Keras 3's formats (``keras.saving``)."""

from __future__ import annotations

from typing import Any

from bigdl_keras.saving.deserialization import deserialize_keras_object
from bigdl_keras.saving.object_registration import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from bigdl_keras.saving.serialization import serialize_keras_object

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]

_FILE_FUNCTIONS = ("load_model", "load_weights", "save_model", "save_weights")


def __getattr__(name: str) -> Any:
    # Files need h5py and zipfile, configs do not.
    if name in _FILE_FUNCTIONS:
        from bigdl_keras.saving import model_files

        return getattr(model_files, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
