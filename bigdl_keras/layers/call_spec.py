"""The arguments of one call of a layer, sorted."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from bigdl_backend.graph.tensor import Tensor
from bigdl_keras import tree
from bigdl_keras.core.default_method import is_default
from bigdl_keras.core.keras_tensor import KerasTensor, standardize_shape
from bigdl_keras.layers.input_spec import known_shape


def is_tensor(x: Any) -> bool:
    """Whether ``x`` has a value, now or when its graph runs."""
    return isinstance(x, (np.ndarray, Tensor, np.generic))


def is_tensor_or_symbolic(x: Any) -> bool:
    """Whether ``x`` can be an input of a layer."""
    return isinstance(x, (np.ndarray, Tensor, KerasTensor, np.generic))


class CallSpec:
    """What was given to ``call()``.

    Attributes:
        given: the arguments that were given, by name.
        arguments: all arguments, defaults included, by name.
        tensors: those of ``arguments`` that are tensors or structures of tensors.
        first: the first argument.

    Raises ``TypeError`` when the arguments do not fit the signature, ``ValueError`` when one of
    them mixes tensors and other things.
    """

    def __init__(
        self,
        signature: inspect.Signature,
        context_names: set[str],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        # Context arguments such as `training` may be given to layers that only pass them on.
        context = {
            name: kwargs.pop(name)
            for name in context_names
            if name in kwargs and name not in signature.parameters
        }
        bound = signature.bind(*args, **kwargs)
        self.given = {**context, **bound.arguments}
        bound.apply_defaults()
        self.arguments: dict[str, Any] = dict(bound.arguments)
        self.first = next(iter(self.arguments.values()), None)
        self.tensors: dict[str, Any] = {}
        for name, value in self.arguments.items():
            if is_tensor_or_symbolic(value):
                self.tensors[name] = value
            elif tree.is_nested(value) and value:
                leaves = tree.flatten(value)
                found = [is_tensor_or_symbolic(leaf) for leaf in leaves]
                if any(found):
                    if not all(ok or x is None for ok, x in zip(found, leaves, strict=True)):
                        raise ValueError(
                            "In a nested call() argument, you cannot mix tensors and non-tensors. "
                            f"Received invalid mixed argument: {name}={value}"
                        )
                    self.tensors[name] = value

    def shapes(self) -> dict[str, Any]:
        """``{"x_shape": shape}`` for every tensor argument ``x`` except masks."""
        return {
            f"{name}_shape": tree.map_structure(
                lambda x: None if x is None else known_shape(x), value
            )
            for name, value in self.tensors.items()
            if name not in ("mask", "args", "kwargs")
        }

    def shapes_for(self, method: Callable[..., Any], class_name: str) -> dict[str, Any]:
        """The shapes that ``build`` or ``compute_output_shape`` takes, by its argument names.

        A method of one argument gets the first shape. With several, each must be called
        ``<call argument>_shape``.
        """
        shapes = self.shapes()
        if is_default(method):
            return shapes
        names = [
            name
            for name, parameter in inspect.signature(method).parameters.items()
            if parameter.kind
            not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        ]
        if len(names) == 1:
            return {names[0]: next(iter(shapes.values()), None)}
        for name in names:
            if not name.endswith("_shape") or name[: -len("_shape")] not in self.arguments:
                raise ValueError(
                    f"For a `{method.__name__}()` method with more than one argument, all "
                    "arguments should have a `_shape` suffix and match an argument from `call()`. "
                    f"Layer '{class_name}' has `{method.__name__}()` argument `{name}`, but "
                    f"`call()` has the arguments {list(self.arguments)}"
                )
        return {name: shapes[name] for name in names if name in shapes}


def shapes_to_tensors(shapes: Any, dtype: str) -> Any:
    """Symbolic tensors for a shape or a structure of shapes.

    Raises ``ValueError`` when there is no shape in it.
    """
    if not isinstance(shapes, (list, tuple, dict)):
        raise ValueError(f"Expected a shape or a structure of shapes. Received: {shapes}")
    return tree.map_shape_structure(
        lambda shape: KerasTensor(standardize_shape(shape), dtype=dtype), shapes
    )
