"""Copies of models with new weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bigdl_keras import tree
from bigdl_keras.core.function import Function
from bigdl_keras.core.keras_op import OpCall
from bigdl_keras.core.keras_tensor import KerasTensor
from bigdl_keras.core.operation import Operation
from bigdl_keras.layers.core.input_layer import Input, InputLayer
from bigdl_keras.models.functional import Functional
from bigdl_keras.models.sequential import Sequential
from bigdl_keras.saving import deserialize_keras_object, serialize_keras_object


def clone_model(
    model: Any,
    input_tensors: Any = None,
    clone_function: Callable[[Any], Any] | None = None,
    call_function: Callable[..., Any] | None = None,
    recursive: bool = False,
    **kwargs: Any,
) -> Any:
    """A model of the same architecture with freshly initialised weights.

    Args:
        model: the model; it is compiled like the original if that was compiled.
        input_tensors: symbolic tensors to build the copy on, in the structure of ``model.input``.
        clone_function: called on each layer except input layers, returns the layer to use in its
            place. By default a new layer of the same config.
        call_function: called as ``call_function(layer, *args, **kwargs)`` in place of the layer
            (functional models only).
        recursive: whether layers of nested models are copied one by one.
        **kwargs: ``cache``, a dict ``{id(layer): its copy}`` to look in first and to fill, for layers
            that several models share.

    Raises:
        ValueError: the arguments do not fit the kind of model, or other ``kwargs``.
    """
    cache = kwargs.pop("cache", None)
    if kwargs:
        raise ValueError(f"`clone_model` has no arguments {sorted(kwargs)}")
    for name, function in (("clone_function", clone_function), ("call_function", call_function)):
        if function is not None and not callable(function):
            raise TypeError(f"Argument `{name}` must be callable. Received: {name}={function}")
    clones: dict[int, Any] = {} if cache is None else cache

    def clone(layer: Operation) -> Any:
        if id(layer) not in clones:
            if isinstance(layer, OpCall):
                clones[id(layer)] = OpCall(layer.function, layer.settings, name=layer.name)
            elif recursive and isinstance(layer, (Functional, Sequential)):
                clones[id(layer)] = clone_model(
                    layer, None, clone, call_function if _is_functional(layer) else None, True
                )
            elif clone_function is not None:
                clones[id(layer)] = clone_function(layer)
            else:
                clones[id(layer)] = type(layer).from_config(layer.get_config())
        return clones[id(layer)]

    if isinstance(model, Sequential):
        if call_function is not None:
            raise ValueError(
                "`call_function` argument is not supported with Sequential models: their layers "
                "aren't called when they are listed. Use it with Functional models only."
            )
        copy: Any = _clone_sequential(model, clone, input_tensors)
    elif isinstance(model, Functional):
        copy = _clone_functional(model, clone, input_tensors, call_function)
    else:
        for name, value in (
            ("input_tensors", input_tensors),
            ("clone_function", clone_function),
            ("call_function", call_function),
        ):
            if value is not None:
                raise ValueError(
                    f"Argument `{name}` is only supported for Sequential or Functional models. "
                    f"Received model of type '{type(model).__name__}'"
                )
        config = serialize_keras_object(model)
        return deserialize_keras_object(config, custom_objects={type(model).__name__: type(model)})
    if model.compiled:
        copy.compile_from_config(model.get_compile_config())
    return copy


def _is_functional(layer: Any) -> bool:
    return isinstance(layer, Functional)


def _clone_sequential(
    model: Sequential, clone: Callable[[Any], Any], input_tensors: Any
) -> Sequential:
    layers = [clone(layer) for layer in model.layers]
    first = model._members[0] if model._members else None
    if input_tensors is not None:
        tensors = tree.flatten(input_tensors)
        if len(tensors) != 1 or not isinstance(tensors[0], KerasTensor):
            raise ValueError(
                "Argument `input_tensors` must be a single KerasTensor. "
                f"Received invalid value: input_tensors={input_tensors}"
            )
        layers.insert(0, Input(tensor=tensors[0]))
    elif isinstance(first, InputLayer):
        layers.insert(0, Input(batch_shape=first.batch_shape, dtype=first.dtype, name=first.name))
    return Sequential(layers, name=model.name, trainable=model.trainable)


def _clone_functional(
    model: Functional,
    clone: Callable[[Any], Any],
    input_tensors: Any,
    call_function: Callable[..., Any] | None,
) -> Functional:
    if input_tensors is None:
        input_tensors = tree.map_structure(
            lambda x: Input(batch_shape=x.shape, dtype=x.dtype, name=x.name), model.input
        )
    elif not all(isinstance(x, KerasTensor) for x in tree.flatten(input_tensors)):
        raise ValueError(
            "All entries in `input_tensors` must be KerasTensors. "
            f"Received invalid values: input_tensors={input_tensors}"
        )
    else:
        tree.assert_same_structure(input_tensors, model.input)

    def operation_fn(operation: Any) -> Callable[..., Any]:
        copy = clone(operation)
        if call_function is None:
            return copy
        return lambda *args, **kwargs: call_function(copy, *args, **kwargs)

    outputs = Function._run(model, input_tensors, operation_fn)
    copy = Functional(input_tensors, outputs, name=model.name)
    copy._trainable = model.trainable
    return copy
