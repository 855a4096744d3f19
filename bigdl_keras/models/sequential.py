"""Models that are a row of layers."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

from bigdl_keras import tree
from bigdl_keras.core.keras_tensor import KerasTensor, standardize_shape
from bigdl_keras.core.masks import get_keras_mask
from bigdl_keras.core.tracking import untracked
from bigdl_keras.layers.core.input_layer import InputLayer
from bigdl_keras.layers.layer import Layer
from bigdl_keras.models.functional import Functional
from bigdl_keras.models.model import Model
from bigdl_keras.models.repeated_calls import RepeatedCalls


class Sequential(Model):
    """A model that passes its input through one layer after the other.

    It is built at once if it begins with ``Input(...)``, else when it first sees data.

    Args:
        layers: the layers.
        trainable, name: as in :class:`Layer`.
    """

    def __init__(
        self, layers: Iterable[Any] | None = None, trainable: bool = True, name: str | None = None
    ) -> None:
        super().__init__(trainable=trainable, name=name)
        with untracked():
            self._functional: Functional | None = None
            self._members: list[Layer] = []
            if type(self) is Sequential:
                self._repeated_calls = RepeatedCalls(self)
        for layer in layers or ():
            self.add(layer, rebuild=False)
        if self._members:
            self._maybe_rebuild()

    def _obj_type(self) -> str:
        return "Sequential"

    def _lock_state(self) -> None:
        """Layers may be added and removed after the model is built."""

    @property
    def _layers(self) -> list[Any]:
        # Extra layers assigned as attributes come after those added.
        members = self.__dict__.get("_members", [])
        attached = self._get_tracker().stores["layers"]
        return [*members, *(x for x in attached if not any(x is m for m in members))]

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Append a layer (or the result of ``Input()``, as the first one).

        Raises ``ValueError`` for other objects, and for names already used.
        """
        if not self._members and getattr(layer, "_input_shape_arg", None) is not None:
            self.add(InputLayer(shape=layer._input_shape_arg), rebuild=False)
        if isinstance(layer, KerasTensor) and layer._keras_history is not None:
            origin = layer._keras_history.operation
            if isinstance(origin, InputLayer):
                layer = origin
        if not isinstance(layer, Layer):
            raise ValueError(
                "Only instances of `keras.Layer` can be added to a Sequential model. "
                f"Received: {layer} (of type {type(layer)})"
            )
        if any(member.name == layer.name and member is not layer for member in self._members):
            raise ValueError(
                "All layers added to a Sequential model should have unique names. Name "
                f"'{layer.name}' is already the name of a layer in this model. Update the `name` "
                "argument to pass a unique name."
            )
        first = self._members[0] if self._members else None
        if isinstance(layer, InputLayer) and first is not None:
            shape = first.batch_shape if isinstance(first, InputLayer) else None
            raise ValueError(
                f"Sequential model '{self.name}' already begins with "
                f"{f'input shape {shape}' if shape else 'another layer'}. You cannot add a "
                "different Input layer to it."
            )
        self._members.append(layer)
        if rebuild:
            self._maybe_rebuild()
        else:
            self._forget_graph()

    def pop(self, rebuild: bool = True) -> Layer:
        """Remove the last layer and return it."""
        layer = self._members.pop()
        self._forget_graph()
        if rebuild and self._members:
            self._maybe_rebuild()
        return layer

    def _forget_graph(self) -> None:
        self.built = False
        with untracked():
            self._functional = None

    def _maybe_rebuild(self) -> None:
        self._forget_graph()
        first = self._members[0]
        if len(self._members) > 1:
            if isinstance(first, InputLayer):
                self.build(first.batch_shape)
            elif isinstance(first, (Functional, Sequential)) and first.built:
                self.build(first.input_shape)

    def build(self, input_shape: Any = None) -> None:
        """Call the layers on a symbolic input of that shape (batch axis included).

        Models of several inputs have no graph: their layers are built when first called.
        """
        try:
            shape = standardize_shape(input_shape)
        except ValueError:
            return
        if not self._members:
            raise ValueError(
                f"Sequential model {self.name} cannot be built because it has no layers. Call "
                "`model.add(layer)`."
            )
        first = self._members[0]
        if not isinstance(first, InputLayer):
            first = InputLayer(batch_shape=shape, dtype=first.compute_dtype)
            self._members.insert(0, first)
        elif first.batch_shape != shape:
            raise ValueError(
                f"Sequential model '{self.name}' has already been configured to use input shape "
                f"{first.batch_shape}. You cannot build it with input_shape {shape}"
            )
        inputs = x = first.output
        for layer in self._members[1:]:
            self._check_one_argument(layer)
            x = layer(x)
        with untracked():
            self._functional = Functional(inputs=inputs, outputs=x)

    def _check_one_argument(self, layer: Layer) -> None:
        positional = [
            p
            for p in inspect.signature(layer.call).parameters.values()
            if p.kind
            in (
                inspect.Parameter.POSITIONAL_ONLY,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                inspect.Parameter.VAR_POSITIONAL,
            )
        ]
        required = [
            p.name
            for p in positional
            if p.default is inspect.Parameter.empty
            and p.kind is not inspect.Parameter.VAR_POSITIONAL
        ]
        if not positional or len(required) > 1:
            raise ValueError(
                "Layers added to a Sequential model should have a single required positional "
                f"argument, the input tensor. Layer '{layer.name}' ({type(layer).__name__}) "
                f"requires {required}"
            )

    def call(self, inputs: Any, training: Any = None, mask: Any = None, **kwargs: Any) -> Any:
        """The output of the last layer."""
        if self._functional is not None:
            return self._functional.call(inputs, training=training, mask=mask, **kwargs)
        outputs = inputs
        for layer in self.layers:
            given = {k: v for k, v in kwargs.items() if k in layer._call_context_args}
            if layer._call_has_mask_arg:
                given["mask"] = mask
            if layer._call_has_training_arg and training is not None:
                given["training"] = training
            outputs = layer(outputs, **given)
            mask = tree.map_structure(get_keras_mask, outputs)
        return outputs

    def compute_output_spec(
        self, inputs: Any, training: Any = None, mask: Any = None, **kwargs: Any
    ) -> Any:
        """Symbolic outputs for symbolic inputs."""
        if self._functional is not None:
            return self._functional.compute_output_spec(inputs, training=training, mask=mask)
        for layer in self.layers:
            inputs = layer.compute_output_spec(inputs)
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the outputs for the shape of the inputs."""
        if self._functional is not None:
            return self._functional.compute_output_shape(input_shape)
        for layer in self.layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the input layer."""
        members = self._members
        return members[1:] if members and isinstance(members[0], InputLayer) else list(members)

    @layers.setter
    def layers(self, value: Any) -> None:
        raise AttributeError(
            "`Sequential.layers` attribute is reserved and should not be used. Use `add()` and "
            "`pop()` to change the layers in this model."
        )

    def _graph_of(self, what: str) -> Functional:
        if self._functional is None:
            raise AttributeError(f"Sequential model '{self.name}' has no defined {what} yet.")
        return self._functional

    @property
    def input_shape(self) -> Any:
        """The shape of the input; ``AttributeError`` before the model is built."""
        return self._graph_of("input shape").input_shape

    @property
    def output_shape(self) -> Any:
        """The shape of the output; ``AttributeError`` before the model is built."""
        return self._graph_of("output shape").output_shape

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic input, in a list; ``AttributeError`` before the model is built."""
        return self._graph_of("inputs").inputs

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic output, in a list; ``AttributeError`` before the model is built."""
        return self._graph_of("outputs").outputs

    @property
    def input_dtype(self) -> str:
        """The dtype that float inputs are converted to."""
        first = self._members[0] if self._members else None
        return first.dtype if isinstance(first, InputLayer) else super().input_dtype

    def get_config(self) -> dict[str, Any]:
        from bigdl_keras.saving import serialize_keras_object

        config = Model.get_config(self)
        config["name"] = self.name
        config["layers"] = [serialize_keras_object(layer) for layer in self._members]
        if self._functional is not None:
            config["build_input_shape"] = self._functional.input_shape
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Sequential:
        """A model from what ``get_config`` returned."""
        from bigdl_keras.saving import deserialize_keras_object

        if "name" not in config or "layers" not in config:
            raise ValueError(
                "A Sequential model configuration must be a dictionary containing the 'name' and "
                f"'layers' keys. Received: config={config}"
            )
        model = cls(name=config["name"])
        for layer in config["layers"]:
            model.add(deserialize_keras_object(layer, custom_objects=custom_objects), rebuild=False)
        if model._members:
            model._maybe_rebuild()
        shape = config.get("build_input_shape")
        if model._functional is None and shape:
            model.build(shape)
        if "trainable" in config and not config["trainable"]:
            model._trainable = False
        return model
