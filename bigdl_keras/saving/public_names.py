"""Keras's names for our classes, and our classes for Keras's names."""

from __future__ import annotations

import importlib
import inspect
import types

from bigdl_keras.core.saveable import KerasSaveable

# Classes that Keras writes under a module other than "keras." + the name of our package.
_MODULES = {
    "DTypePolicy": "keras",
    "FloatDTypePolicy": "keras",
    "Sequential": "keras",
    "Model": "keras",
    "Functional": "keras.src.models.functional",
}
# Classes whose public name is not their own.
_PUBLIC_NAMES = {"GroupedQueryAttention": "GroupQueryAttention"}
_CLASS_PACKAGES = (
    "constraints",
    "dtype_policies",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "random",
    "regularizers",
)
# Where functions named in files may come from. Nothing else can be called by a file.
_FUNCTION_PACKAGES = (
    "activations",
    "losses",
    "metrics",
    "initializers",
    "regularizers",
    "constraints",
    "ops",
    "random",
)


def keras_module_of(cls: type) -> str | None:
    """The module Keras writes for a class of this package; ``None`` for other classes."""
    # Classes made by `type(...)` in code without a name have no module.
    parts = getattr(cls, "__module__", "").split(".")
    if parts[0] != "bigdl_keras" or len(parts) < 2 or parts[1] not in _CLASS_PACKAGES:
        return None
    if cls.__name__ in _MODULES:
        return _MODULES[cls.__name__]
    if parts[1:3] == ["optimizers", "schedules"]:
        return "keras.optimizers.schedules"
    return f"keras.{parts[1]}"


def keras_name_of(cls: type) -> str:
    """The name Keras writes for a class."""
    own = cls.__module__.split(".")[0] == "bigdl_keras"
    return _PUBLIC_NAMES.get(cls.__name__, cls.__name__) if own else cls.__name__


def builtin_class(module: str, name: str) -> type | None:
    """Our class for a class name in a Keras file, or ``None``.

    Keras's private modules (``keras.src...``, which differ between its versions and backends) are
    taken by the package they belong to.
    """
    for package in _packages_of(module):
        found = getattr(importlib.import_module(f"bigdl_keras.{package}"), name, None)
        if inspect.isclass(found) and (
            issubclass(found, KerasSaveable) or hasattr(found, "from_config")
        ):
            return found
    return None


def _packages_of(module: str) -> list[str]:
    parts = module.split(".")[1:]
    if parts == []:
        return ["models", "dtype_policies", "layers"]
    if "schedules" in parts:
        return ["optimizers.schedules"]
    return [part for part in reversed(parts) if part in _CLASS_PACKAGES]


def builtin_function(module: str, name: str) -> types.FunctionType | None:
    """Our function for a function name in a Keras file, or ``None``."""
    parts = module.split(".")[1:] if module.startswith("keras") else []
    packages = [part for part in parts if part in _FUNCTION_PACKAGES] or _FUNCTION_PACKAGES
    for package in packages:
        found = getattr(importlib.import_module(f"bigdl_keras.{package}"), name, None)
        if inspect.isfunction(found):
            return found
    return None
