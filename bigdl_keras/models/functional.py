"""Models made of symbolic inputs and outputs."""

from __future__ import annotations

import inspect
import warnings
from functools import partial
from typing import Any

import numpy as np

from bigdl_backend.primitives import functional
from bigdl_keras import tree
from bigdl_keras.core.dtypes import standardize_dtype
from bigdl_keras.core.function import Function, node_of
from bigdl_keras.core.host_stage import is_text, on_host
from bigdl_keras.core.keras_tensor import KerasTensor
from bigdl_keras.core.masks import get_keras_mask, set_keras_mask
from bigdl_keras.core.tracking import untracked
from bigdl_keras.layers.call_spec import is_tensor_or_symbolic
from bigdl_keras.layers.core.input_layer import InputLayer
from bigdl_keras.layers.input_spec import InputSpec
from bigdl_keras.layers.layer import Layer
from bigdl_keras.models.functional_config import functional_config, functional_from_config
from bigdl_keras.models.graph_cloning import between_new_inputs
from bigdl_keras.models.model import Model
from bigdl_keras.models.repeated_calls import RepeatedCalls
from bigdl_keras.trainers.trainer import Trainer

__all__ = ["Functional", "functional_from_config"]


class Functional(Function, Model):
    """A model defined by its symbolic inputs and outputs.

    Args:
        inputs: symbolic tensors, or structures of them: from ``Input()``, or results of layers
            (which makes a model of a part of another one, sharing its layers).
        outputs: symbolic tensors that depend on the inputs, or structures of them.
        name, trainable: as in :class:`Layer`.

    Raises ``ValueError`` when the outputs need more than the inputs.
    """

    def __init__(
        self, inputs: Any, outputs: Any, name: str | None = None, trainable: bool | None = None
    ) -> None:
        if isinstance(inputs, dict):
            for key, x in inputs.items():
                if isinstance(x, KerasTensor) and key != x.name:
                    warnings.warn(
                        "When providing `inputs` as a dict, all keys in the dict must match the "
                        f"names of the corresponding tensors. Received key '{key}' mapping to "
                        f"value {x} which has name '{x.name}'. Change the tensor name to '{key}' "
                        f"(via `Input(..., name='{key}')`)",
                        stacklevel=2,
                    )
        Trainer.__init__(self)
        Layer.__init__(self, name=name)
        flat = tree.flatten(inputs)
        if not all(isinstance(x, KerasTensor) for x in flat) or all(
            node_of(x).is_input for x in flat
        ):
            graph_inputs, graph_outputs = inputs, outputs
        else:
            graph_inputs, graph_outputs = between_new_inputs(inputs, outputs)
        with untracked():
            self._set_graph(graph_inputs, graph_outputs)
            self.output_names = [node_of(x).operation.name for x in self._outputs]
            self.input_names = [node_of(x).operation.name for x in self._inputs]
            if type(self) is Functional:
                self._repeated_calls = RepeatedCalls(self)
        for layer in self.layers:
            self._get_tracker().add("layers", layer)
        if trainable is not None:
            self.trainable = trainable
        self.build(None)
        # Inputs are converted one by one, each to the dtype of its `Input`.
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True

    def _lock_state(self) -> None:
        """Layers may be attached after the model is built."""

    def _obj_type(self) -> str:
        return "Functional"

    def build(self, input_shape: Any) -> None:
        """Nothing is left to build: the layers were built when they were called."""

    @property
    def layers(self) -> list[Layer]:
        """The layers, those far from the outputs first."""
        return [op for op in self._graph.operations if isinstance(op, Layer)]

    @layers.setter
    def layers(self, value: Any) -> None:
        raise AttributeError(
            "`Model.layers` attribute is reserved and should not be used. Please use another name."
        )

    @property
    def input(self) -> Any:
        """The symbolic inputs in the structure given."""
        return self._inputs_struct

    @property
    def output(self) -> Any:
        """The symbolic outputs in the structure given."""
        return self._outputs_struct

    @property
    def input_shape(self) -> Any:
        """The shape of the input, or the list of shapes."""
        return _unpacked([x.shape for x in self._inputs])

    @property
    def output_shape(self) -> Any:
        """The shape of the output, or the list of shapes."""
        return _unpacked([x.shape for x in self._outputs])

    @property
    def input_spec(self) -> Any:
        """What it expects of its inputs: any batch size, the rest as given to ``Input``."""
        if self._input_spec is not None:
            return self._input_spec
        if isinstance(self._inputs_struct, dict):
            values = self._inputs_struct.values()
            if not all(isinstance(x, KerasTensor) for x in values):
                return None
            named = sorted(self._inputs_struct.items())
            return [_spec_of(x, name) for name, x in named]
        return [_spec_of(x, node_of(x).operation.name) for x in self._inputs]

    @input_spec.setter
    def input_spec(self, value: Any) -> None:
        self._input_spec = value

    def call(self, inputs: Any, training: Any = None, mask: Any = None, **kwargs: Any) -> Any:
        """The outputs for ``inputs``, by calling every layer anew."""
        flat = self._standardized(inputs)
        if mask is not None:
            for i, (x, m) in enumerate(zip(flat, tree.flatten(mask), strict=False)):
                if m is not None:
                    # A view: the mask must not stay on the caller's array.
                    flat[i] = x.view() if isinstance(x, np.ndarray) else x
                    set_keras_mask(flat[i], m)
        context = {"training": training, **kwargs}

        def called(operation: Any) -> Any:
            names = getattr(operation, "_call_context_args", ())
            given = {k: v for k, v in context.items() if k in names and v is not None}
            if not given:
                return operation
            return lambda *args, **kwargs: operation(*args, **{**kwargs, **given})

        outputs = self._run(flat, called)
        return outputs[0] if isinstance(outputs, (list, tuple)) and len(outputs) == 1 else outputs

    def compute_output_spec(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """Symbolic outputs for symbolic inputs."""
        outputs = Function.compute_output_spec(self, self._standardized(inputs))
        return outputs[0] if isinstance(outputs, (list, tuple)) and len(outputs) == 1 else outputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shapes of the outputs for the shapes of the inputs."""
        return Function.compute_output_shape(self, input_shape)

    def _standardized(self, inputs: Any) -> list[Any]:
        """``inputs`` as a flat list of tensors of the right rank and dtype."""
        flat = tree.flatten(self._restructured(inputs))
        if len(flat) != len(self._inputs):
            raise ValueError(self._structure_message(inputs))
        return [self._standardized_one(x, ref) for x, ref in zip(flat, self._inputs, strict=True)]

    def _restructured(self, inputs: Any) -> Any:
        """``inputs`` in the structure of the model, taken by name from a dict if need be."""
        expected = self._inputs_struct
        if isinstance(inputs, dict) and not isinstance(expected, dict):
            names = [x.name for x in self._inputs]
            if not set(names) <= inputs.keys():
                raise ValueError(self._structure_message(inputs))
            return [inputs[name] for name in names]
        if isinstance(expected, dict) and isinstance(inputs, dict):
            if not expected.keys() <= inputs.keys():
                raise ValueError(self._structure_message(inputs))
            return {key: inputs[key] for key in expected}
        if isinstance(expected, dict) and list(expected) != sorted(expected):
            # Positions would follow the sorted names, not the order the user wrote.
            raise ValueError(self._structure_message(inputs))
        if isinstance(inputs, KerasTensor) or not tree.is_nested(inputs):
            return [inputs]
        return inputs

    def _structure_message(self, inputs: Any) -> str:
        expected = tree.map_structure(lambda x: x.name, self._inputs_struct)
        received = tree.map_structure(
            lambda x: f"Tensor(shape={tuple(x.shape)})" if hasattr(x, "shape") else repr(x), inputs
        )
        return (
            f"The structure of `inputs` of model '{self.name}' doesn't match the expected "
            f"structure.\nExpected: {expected}\nReceived: inputs={received}"
        )

    def _standardized_one(self, x: Any, ref: KerasTensor) -> Any:
        if x is None:
            layer = node_of(ref).operation
            if isinstance(layer, InputLayer) and not layer.optional:
                raise ValueError(
                    f"The input '{ref.name}' is not optional, but None was passed. Please provide "
                    "a valid tensor."
                )
            return None
        converted = x if is_tensor_or_symbolic(x) else np.asarray(x)
        dtype = standardize_dtype(converted.dtype)
        if dtype != ref.dtype:
            if "string" in (dtype, ref.dtype):
                raise ValueError(
                    f"The input '{ref.name}' of model '{self.name}' takes {_kind(ref.dtype)}, but it "
                    f"was given {_kind(dtype)}. Text enters a model through `Input(dtype='string')` "
                    "and StringLookup, TextVectorization, Hashing or HashedCrossing."
                )
            converted = _cast(converted, ref.dtype)
        rank, expected = len(converted.shape), len(ref.shape)
        if rank == expected + 1 and converted.shape[-1] == 1:
            converted = _reshaped(converted, "squeeze")
        elif rank == expected - 1 and ref.shape[-1] == 1:
            converted = _reshaped(converted, "expand_dims")
        elif rank != expected:
            raise ValueError(
                f"Invalid input shape for input '{ref.name}' of model '{self.name}'. Expected "
                f"shape {ref.shape}, but input has incompatible shape {tuple(x.shape)}"
            )
        if converted is not x:
            mask = get_keras_mask(x)
            if mask is not None:
                set_keras_mask(converted, mask)
        return converted

    def add_loss(self, loss: Any) -> None:
        """Not possible on a functional model: raises ``NotImplementedError``."""
        raise NotImplementedError(
            f"Model '{self.name}' is functional: `add_loss()` must be called in the `call()` of "
            "one of its layers"
        )

    def get_config(self) -> dict[str, Any]:
        if type(self).__init__ is Functional.__init__ or _takes_anything(type(self)):
            return functional_config(self)
        return Model.get_config(self)


def _takes_anything(cls: type) -> bool:
    kinds = {p.kind for p in inspect.signature(cls).parameters.values()}
    return {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD} <= kinds


def _unpacked(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _spec_of(x: KerasTensor, name: str) -> InputSpec:
    layer = node_of(x).operation
    shape = (None, *x.shape[1:]) if x.shape else ()
    optional = isinstance(layer, InputLayer) and layer.optional
    return InputSpec(shape=shape, allow_last_axis_squeeze=True, name=name, optional=optional)


def _kind(dtype: str) -> str:
    return "text" if dtype == "string" else f"numbers ({dtype})"


def _cast(x: Any, dtype: str) -> Any:
    if isinstance(x, KerasTensor):
        from bigdl_keras import ops

        return ops.cast(x, dtype)
    return functional.cast(x, dtype)


def _reshaped(x: Any, operation: str) -> Any:
    if isinstance(x, KerasTensor):
        from bigdl_keras import ops

        return getattr(ops, operation)(x, axis=-1)
    if is_text(x):
        shape = (*x.shape, 1) if operation == "expand_dims" else x.shape[:-1]
        return on_host(partial(_NUMPY[operation], axis=-1), x, shape, x.dtype, str(x.name))
    if standardize_dtype(x.dtype) == "string":
        return _NUMPY[operation](x, axis=-1)
    return getattr(functional, operation)(x, axis=-1)


_NUMPY: dict[str, Any] = {"expand_dims": np.expand_dims, "squeeze": np.squeeze}
