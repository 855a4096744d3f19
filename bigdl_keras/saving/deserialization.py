"""Objects from the JSON-able dicts of Keras's format. No code in them is ever run."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from bigdl_keras.core.keras_op import OpCall
from bigdl_keras.core.keras_tensor import KerasTensor
from bigdl_keras.saving.object_registration import (
    CustomObjectScope,
    get_registered_object,
    scoped_objects,
)
from bigdl_keras.saving.operation_names import operation_function
from bigdl_keras.saving.public_names import builtin_class, builtin_function
from bigdl_keras.saving.safe_mode import SafeModeScope, in_safe_mode
from bigdl_keras.saving.serialization import lambda_of_this_process
from bigdl_keras.saving.shared_objects import known_object, note_object


class UnreadableConfig(TypeError):
    """A config that no object can be made of."""


def deserialize_keras_object(
    config: Any,
    custom_objects: Mapping[str, Any] | None = None,
    safe_mode: bool = True,
    **kwargs: Any,
) -> Any:
    """The object described by what :func:`serialize_keras_object` returned.

    Args:
        config: a dict with ``class_name`` and ``config``, or any nested structure around such dicts.
        custom_objects: ``{name: class or function}`` for names that are not registered.
        safe_mode: whether requests for unsafe things (lambdas) are refused as such. They cannot be
            fulfilled in either case, see below.
        **kwargs: ``module_objects``, a dict ``{name: class or function}`` for configs that are bare
            names.

    Raises:
        UnreadableConfig: (a ``TypeError``) a class or function cannot be found, or its constructor
            refuses the config.
        ValueError: other ``kwargs``, or the config asks for a lambda that was not written by this very process; Python
            bytecode from files is never run.
    """
    module_objects = kwargs.pop("module_objects", None)
    if kwargs:
        raise ValueError(f"`deserialize_keras_object` has no arguments {sorted(kwargs)}")
    scope = in_safe_mode()
    with CustomObjectScope(custom_objects), SafeModeScope(safe_mode if scope is None else scope):
        return _read(config, module_objects or {})


def _read(config: Any, module_objects: Mapping[str, Any]) -> Any:
    if isinstance(config, str):
        found = scoped_objects().get(config, module_objects.get(config))
        return config if found is None else found
    if config is None or isinstance(config, (int, float, bool)):
        return config
    if isinstance(config, (list, tuple)):
        return [_read(item, module_objects) for item in config]
    if not isinstance(config, dict):
        raise UnreadableConfig(f"Could not parse config: {config}")
    if "class_name" not in config or "config" not in config:
        return {key: _read(value, module_objects) for key, value in config.items()}
    class_name = config["class_name"]
    inner = config["config"]
    if isinstance(class_name, str) and class_name in _SPECIAL:
        return _SPECIAL[class_name](inner)
    if class_name == "function":
        return _function(inner, config)
    if class_name == "builtin_function_or_method":
        raise UnreadableConfig(f"Functions of Python itself cannot be read from configs: {config}")
    inner = {} if inner is None else inner
    if not isinstance(inner, dict):
        raise UnreadableConfig(
            f"Expected 'config' to be a dict for {class_name}, instead got {type(inner)}. "
            f"Object config: {_short(config)}"
        )
    shared = known_object(config)
    if shared is not None:
        return shared
    item = _object(class_name, inner, config, module_objects)
    note_object(item, config)
    return item


def _object(
    class_name: str,
    inner: dict[str, Any],
    config: dict[str, Any],
    module_objects: Mapping[str, Any],
) -> Any:
    module = config.get("module") or ""
    if module.startswith("keras.src.ops"):
        return _operation(class_name, inner, config)
    registered = config.get("registered_name") or class_name
    cls = get_registered_object(registered, module_objects=module_objects)
    if cls is None and module.split(".")[0] == "keras":
        cls = builtin_class(module, class_name)
    if cls is None and "module" not in config:
        cls = builtin_class("keras.layers", class_name) or builtin_class("keras", class_name)
    if cls is None:
        if module.split(".")[0] == "keras":
            raise UnreadableConfig(
                f"Could not locate class '{class_name}' of {module}: there is no such class in "
                f"bigdl_keras. Object config: {_short(config)}"
            )
        raise UnreadableConfig(
            f"Could not locate class '{class_name}'. Make sure custom classes are decorated with "
            "`@keras.saving.register_keras_serializable()` and imported before loading, or pass "
            f"custom_objects={{'{class_name}': {class_name}}}. Object config: {_short(config)}"
        )
    if not inspect.isclass(cls):
        return cls
    if not hasattr(cls, "from_config"):
        raise UnreadableConfig(
            f"Unable to reconstruct an instance of '{class_name}' because the class is missing a "
            f"`from_config()` method. Object config: {_short(config)}"
        )
    try:
        item = cls.from_config(dict(inner))  # type: ignore[attr-defined]
    except UnreadableConfig as error:
        error.add_note(f"This happened while reading {class_name} '{inner.get('name', '')}'.")
        raise
    except TypeError as error:
        raise UnreadableConfig(
            f"{cls} could not be deserialized properly: {error}\nPlease ensure that components "
            "that are Python object instances (layers, models, etc.) returned by `get_config()` "
            "are explicitly deserialized in `from_config()`.\n"
            f"Object config: {_short(config)}"
        ) from error
    build_config = config.get("build_config")
    if build_config and not item.built:
        item.build_from_config(build_config)
        item.built = True
    compile_config = config.get("compile_config")
    if compile_config:
        item.compile_from_config(compile_config)
    return item


def _operation(class_name: str, inner: dict[str, Any], config: dict[str, Any]) -> OpCall:
    function = operation_function(class_name)
    if function is None:
        raise UnreadableConfig(
            f"Could not locate operation '{class_name}': there is no such operation in "
            f"bigdl_keras.ops. Object config: {_short(config)}"
        )
    settings = {key: _read(value, {}) for key, value in inner.items() if key != "name"}
    return OpCall(function, settings, name=inner.get("name"))


def _function(name: Any, config: dict[str, Any]) -> Any:
    if not isinstance(name, str):
        raise UnreadableConfig(
            f"Expected 'config' to be a non-null str for a function class name, instead got "
            f"{type(name)}. Object config: {_short(config)}"
        )
    found = get_registered_object(name)
    module = config.get("module") or "builtins"
    if found is None and module.split(".")[0] in ("keras", "builtins"):
        found = builtin_function(module, name)
    if found is None:
        raise UnreadableConfig(
            f"Could not locate function '{name}'. Make sure custom functions are decorated with "
            "`@keras.saving.register_keras_serializable()` and imported before loading, or pass "
            f"custom_objects={{'{name}': {name}}}. Object config: {_short(config)}"
        )
    return found


def _short(config: dict[str, Any]) -> str:
    text = repr(config)
    return text if len(text) <= 600 else f"{text[:600]}..."


def _keras_tensor(config: dict[str, Any]) -> KerasTensor:
    x = KerasTensor(config["shape"], dtype=config["dtype"])
    x._pre_serialization_keras_history = config["keras_history"]
    return x


def _array(config: dict[str, Any]) -> np.ndarray:
    return np.array(config["value"], dtype=config["dtype"])


def _lambda(config: dict[str, Any]) -> Any:
    if in_safe_mode() is not False:
        raise ValueError(
            "Requested the deserialization of a Python lambda. This carries a potential risk of "
            "arbitrary code execution and thus it is disallowed by default."
        )
    function = lambda_of_this_process(config)
    if function is not None:
        return function
    raise ValueError(
        "The file holds a lambda as Python bytecode, which is never run here, not even with "
        "`safe_mode=False`. Save the model again with a named function decorated with "
        "`@keras.saving.register_keras_serializable()`"
    )


def _slice(config: dict[str, Any]) -> slice:
    return slice(*(_read(config[name], {}) for name in ("start", "stop", "step")))


_SPECIAL = {
    "__keras_tensor__": _keras_tensor,
    "__tensor__": _array,
    "__numpy__": _array,
    "__bytes__": lambda config: config["value"].encode("utf-8"),
    "__ellipsis__": lambda config: Ellipsis,
    "__slice__": _slice,
    "__lambda__": _lambda,
}
