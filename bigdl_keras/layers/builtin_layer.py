"""The base of the layers that come with the library."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from bigdl_keras import activations, constraints, initializers, regularizers, saving
from bigdl_keras.core.default_method import default
from bigdl_keras.core.variable import Variable
from bigdl_keras.layers.layer import Layer


class BuiltinLayer(Layer):
    """A layer whose config is its constructor's arguments, read back from attributes of the same names.

    A subclass stores each argument of ``__init__`` under that name, and has nothing else to do for saving.
    """

    def _add_parameter(
        self, name: str, shape: Sequence[int], argument: str | None = None, **options: Any
    ) -> Variable:
        """A weight with the constructor's initializer, regularizer and constraint for it.

        Args:
            name, shape, options: as in ``add_weight``.
            argument: what those arguments begin with; the name of the weight unless given.
        """
        argument = argument or name
        given = {
            kind: getattr(self, f"{argument}_{kind}")
            for kind in ("initializer", "regularizer", "constraint")
        }
        return self.add_weight(name=name, shape=shape, **(given | options))

    @default
    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the outputs; `input_shape` is a list of shapes for a layer that takes a list of tensors."""
        return super().compute_output_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        """The base config and one entry an argument of the constructor."""
        config = super().get_config()
        named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        for parameter in inspect.signature(type(self)).parameters.values():
            if parameter.kind in named:
                config[parameter.name] = _as_config(getattr(self, parameter.name))
        return config


def _as_config(value: Any) -> Any:
    if isinstance(value, initializers.Initializer):
        return initializers.serialize(value)
    if isinstance(value, regularizers.Regularizer):
        return regularizers.serialize(value)
    if isinstance(value, constraints.Constraint):
        return constraints.serialize(value)
    if isinstance(value, Layer):
        return saving.serialize_keras_object(value)
    if callable(value):
        return activations.serialize(value)
    if isinstance(value, list | tuple):
        return [_as_config(item) for item in value]
    return value
