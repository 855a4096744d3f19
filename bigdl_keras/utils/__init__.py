"""Tools around models and data (`keras.utils`)."""

from bigdl_keras.backend import clear_session, is_keras_tensor, standardize_dtype
from bigdl_keras.config import (
    disable_interactive_logging,
    enable_interactive_logging,
    is_interactive_logging_enabled,
)
from bigdl_keras.saving import (
    CustomObjectScope,
    custom_object_scope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)
from bigdl_keras.trainers.data_adapters.unpack import (
    pack_x_y_sample_weight,
    unpack_x_y_sample_weight,
)
from bigdl_keras.utils import bounding_boxes
from bigdl_keras.utils.images import array_to_img, img_to_array, load_img, save_img
from bigdl_keras.utils.labels import normalize, to_categorical
from bigdl_keras.utils.pad_sequences import pad_sequences
from bigdl_keras.utils.progbar import Progbar
from bigdl_keras.utils.py_dataset import PyDataset
from bigdl_keras.utils.random_seed import set_random_seed
from bigdl_keras.utils.split_dataset import split_dataset
from bigdl_keras.utils.timeseries import timeseries_dataset_from_array

Sequence = PyDataset

__all__ = [
    "CustomObjectScope",
    "Progbar",
    "PyDataset",
    "Sequence",
    "array_to_img",
    "bounding_boxes",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "img_to_array",
    "is_interactive_logging_enabled",
    "is_keras_tensor",
    "load_img",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "register_keras_serializable",
    "save_img",
    "serialize_keras_object",
    "set_random_seed",
    "split_dataset",
    "standardize_dtype",
    "timeseries_dataset_from_array",
    "to_categorical",
    "unpack_x_y_sample_weight",
]
