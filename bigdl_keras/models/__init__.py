"""Models: layers that can be trained, evaluated, saved (``keras.models``)."""

from __future__ import annotations

from typing import Any

from bigdl_keras.models.cloning import clone_model
from bigdl_keras.models.functional import Functional
from bigdl_keras.models.model import Model, model_from_json
from bigdl_keras.models.sequential import Sequential

__all__ = [
    "Functional",
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
    "model_from_json",
    "save_model",
]


def __getattr__(name: str) -> Any:
    # Files need h5py, models do not.
    if name in ("load_model", "save_model"):
        from bigdl_keras import saving

        return getattr(saving, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
