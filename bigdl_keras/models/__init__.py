"""Models: layers that can be trained, evaluated, saved (``keras.models``)."""

from bigdl_keras.models.cloning import clone_model
from bigdl_keras.models.functional import Functional
from bigdl_keras.models.model import Model, model_from_json
from bigdl_keras.models.sequential import Sequential
from bigdl_keras.saving import load_model, save_model

__all__ = [
    "Functional",
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
    "model_from_json",
    "save_model",
]
