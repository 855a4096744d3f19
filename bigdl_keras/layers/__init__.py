"""Layers (``keras.layers``).

Each class lives in ``<family>/<name>.py``, where the name is that of the class in lower case, with or
without underscores. A new file is found by itself; nothing is imported before it is asked for.
"""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path
from typing import Any

from bigdl_keras.layers.core.input_layer import Input, InputLayer
from bigdl_keras.layers.input_spec import InputSpec
from bigdl_keras.layers.layer import Layer

__all__ = ["Input", "InputLayer", "InputSpec", "Layer", "deserialize", "serialize"]

# Keras's second names: the beginning of a name and what it stands for.
_ALIASES = {
    "AvgPool": "AveragePooling",
    "Convolution": "Conv",
    "DepthwiseConvolution": "DepthwiseConv",
    "GlobalAvgPool": "GlobalAveragePooling",
    "GlobalMaxPool": "GlobalMaxPooling",
    "MaxPool": "MaxPooling",
    "SeparableConvolution": "SeparableConv",
}


@cache
def _files() -> dict[str, str]:
    """``{lower-case name without underscores: module}`` of all layers."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("*/*.py")):
        if not path.stem.startswith(("_", "base_")):
            # `lambda_layer.py` holds Lambda, as `lambda` cannot be imported; `jax_layer.py` JaxLayer.
            for name in (path.stem, path.stem.removesuffix("_layer")):
                key = name.replace("_", "")
                found[key] = f"{__name__}.{path.parent.name}.{path.stem}"
    return found


def _in_full(name: str) -> str:
    for short, full in _ALIASES.items():
        if name.startswith(short) and name[len(short) : len(short) + 1].isdigit():
            return full + name[len(short) :]
    return name


def __getattr__(name: str) -> Any:
    if not name.startswith("_"):
        full = _in_full(name)
        module = _files().get(full.lower())
        if module is not None:
            found = getattr(importlib.import_module(module), full, None)
            if found is not None:
                globals()[name] = found
                return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _classes() -> list[str]:
    """The names of all layer classes."""
    names = []
    for key, module in _files().items():
        for name, item in vars(importlib.import_module(module)).items():
            if isinstance(item, type) and issubclass(item, Layer) and name.lower() == key:
                names.append(name)
    return names


def __dir__() -> list[str]:
    return sorted({*__all__, *_classes()})


def serialize(layer: Layer) -> dict[str, Any]:
    """The layer (without weights) as a JSON-able dict."""
    from bigdl_keras.saving import serialize_keras_object

    return serialize_keras_object(layer)


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
    """The layer described by what :func:`serialize` returned."""
    from bigdl_keras.saving import deserialize_keras_object

    layer = deserialize_keras_object(config, custom_objects=custom_objects)
    if not isinstance(layer, Layer):
        raise ValueError(
            "`keras.layers.deserialize` was passed a `config` object that is not a "
            f"`keras.layers.Layer`. Received: {config}"
        )
    return layer
