"""Objects as JSON-able dicts in Keras's format."""

from __future__ import annotations

import base64
import marshal
import types
import warnings
from typing import Any

import numpy as np

from bigdl_keras.core.keras_op import OpCall
from bigdl_keras.core.keras_tensor import KerasTensor
from bigdl_keras.core.variable import Variable
from bigdl_keras.saving.object_registration import get_registered_name
from bigdl_keras.saving.operation_names import operation_class_name, operation_module
from bigdl_keras.saving.public_names import keras_module_of, keras_name_of
from bigdl_keras.saving.shared_objects import mark

# Lambdas written in this process, by what was written for them: clones get the function back
# without any bytecode being read.
_lambdas: dict[str, types.FunctionType] = {}


def serialize_keras_object(obj: Any) -> Any:
    """``obj`` as a JSON-able value that :func:`deserialize_keras_object` reads back.

    Objects need ``get_config``; lists, dicts, arrays, slices, bytes and functions are written too.
    Raises ``TypeError`` for anything else.
    """
    if obj is None or isinstance(obj, (str, int, float, bool)):
        return obj
    if isinstance(obj, (list, tuple)):
        values = [serialize_keras_object(value) for value in obj]
        return tuple(values) if isinstance(obj, tuple) else values
    if isinstance(obj, dict):
        return {key: serialize_keras_object(value) for key, value in obj.items()}
    if isinstance(obj, bytes):
        return _special("__bytes__", value=obj.decode("utf-8"))
    if isinstance(obj, slice):
        parts = {name: getattr(obj, name) for name in ("start", "stop", "step")}
        return _special("__slice__", **serialize_keras_object(parts))
    if obj is Ellipsis:
        return _special("__ellipsis__")
    if isinstance(obj, KerasTensor):
        history = obj._keras_history
        place = None if history is None else [history.operation.name, *history[1:]]
        return _special("__keras_tensor__", shape=obj.shape, dtype=obj.dtype, keras_history=place)
    if isinstance(obj, np.generic) or (isinstance(obj, np.ndarray) and not obj.ndim):
        return obj.item()
    if isinstance(obj, np.ndarray):
        return _special("__numpy__", value=obj.tolist(), dtype=obj.dtype.name)
    if isinstance(obj, np.dtype):
        return obj.name
    if isinstance(obj, Variable):
        raise TypeError(
            f"The variable '{obj.path}' stands in a config as a constant. Variables are saved "
            "only as state of layers: use it inside a layer"
        )
    if isinstance(obj, types.FunctionType) and obj.__name__ == "<lambda>":
        return _lambda_config(obj)
    if isinstance(obj, types.FunctionType) or not hasattr(obj, "get_config"):
        return _function_config(obj)
    return _object_config(obj)


def _special(class_name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": config}


def _function_config(function: Any) -> dict[str, Any]:
    if not hasattr(function, "__name__"):
        raise TypeError(
            f"Cannot serialize object {function} of type {type(function)}. To be serializable, a "
            "class must implement the `get_config()` method."
        )
    return {
        "module": "builtins",
        "class_name": type(function).__name__,
        "config": get_registered_name(function),
        "registered_name": type(function).__name__,
    }


def _lambda_config(function: types.FunctionType) -> dict[str, Any]:
    warnings.warn(
        "The object being serialized includes a `lambda`. It cannot be loaded from a file again: "
        "use a named function decorated with `@keras.saving.register_keras_serializable()`.",
        stacklevel=4,
    )
    # As Keras writes it, so that Keras (asked to trust the file) can load it.
    code = base64.encodebytes(marshal.dumps(function.__code__)).decode("ascii")
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    plain = all(isinstance(c, (str, int, float, bool, type(None))) for c in cells)
    _lambdas[lambda_key(code, cells if plain else None)] = function
    return _special(
        "__lambda__",
        value=[
            code,
            serialize_keras_object(function.__defaults__),
            (cells or None) if plain else None,
        ],
    )


def lambda_key(code: str, closure: Any) -> str:
    """What tells apart the lambdas written in this process."""
    return f"{code}{list(closure or ())!r}"


def lambda_of_this_process(config: dict[str, Any]) -> types.FunctionType | None:
    """The lambda for which ``config`` was written, if that was in this process."""
    value = config["value"]
    if not isinstance(value, (list, tuple)) or len(value) != 3:
        return None
    return _lambdas.get(lambda_key(value[0], value[2]))


def _object_config(item: Any) -> dict[str, Any]:
    inner = item.get_config()
    if not isinstance(inner, dict):
        raise TypeError(
            f"The `get_config()` method of {item} should return a dict. It returned: {inner}"
        )
    cls = type(item)
    if isinstance(item, OpCall):
        class_name = operation_class_name(item.function)
        module: str | None = operation_module(item.function)
        registered: str | None = class_name
    else:
        class_name = keras_name_of(cls)
        module = keras_module_of(cls)
        registered = None if module and not module.startswith("keras.src") else class_name
        if module is None:
            registered = get_registered_name(cls)
            module = None if cls.__module__ == "__main__" else cls.__module__
    config = {
        "module": module,
        "class_name": class_name,
        "config": serialize_keras_object(inner),
        "registered_name": registered,
    }
    for key, method in (
        ("build_config", "get_build_config"),
        ("compile_config", "get_compile_config"),
    ):
        if hasattr(item, method):
            further = getattr(item, method)()
            if further is not None:
                config[key] = serialize_keras_object(further)
    mark(item, config)
    return config
