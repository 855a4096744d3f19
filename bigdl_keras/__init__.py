"""Keras 3 on a graph runtime of its own, on one machine or on a Spark cluster.

The names are those of ``keras``; ``bigdl_keras.spark`` is what Keras has not. Namespaces are imported
when they are first used.
"""

from __future__ import annotations

import importlib
from typing import Any

from bigdl_keras.version import __version__, version

_NAMESPACES = (
    "activations",
    "applications",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "dtype_policies",
    "initializers",
    "interop",
    "layers",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "ops",
    "optimizers",
    "preprocessing",
    "random",
    "regularizers",
    "saving",
    "spark",
    "tree",
    "utils",
)
_MODULE_OF = {
    "DTypePolicy": "dtype_policies",
    "FloatDTypePolicy": "dtype_policies",
    "Function": "core.function",
    "Initializer": "initializers",
    "Input": "layers",
    "InputSpec": "layers",
    "KerasTensor": "core.keras_tensor",
    "Layer": "layers",
    "Loss": "losses",
    "Metric": "metrics",
    "Model": "models",
    "Operation": "core.operation",
    "Optimizer": "optimizers",
    "Regularizer": "regularizers",
    "RematScope": "core.remat",
    "Sequential": "models",
    "StatelessScope": "core.trace_scope",
    "Variable": "core.variable",
    "device": "core.device",
    "name_scope": "core.name_scope",
    "remat": "core.remat",
    "show_config": "core.show_config",
}

__all__ = ["__version__", "version"]


def __getattr__(name: str) -> Any:
    if name in _NAMESPACES:
        try:
            return importlib.import_module(f"{__name__}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{__name__}.{name}":
                raise
    elif name in _MODULE_OF:
        found = getattr(importlib.import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
        globals()[name] = found
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *_NAMESPACES, *_MODULE_OF})
