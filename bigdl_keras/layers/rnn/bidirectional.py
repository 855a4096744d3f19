"""A sequence read from both ends (Schuster & Paliwal 1997)."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops, saving
from bigdl_keras.core.default_method import default
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.layer import Layer


class Bidirectional(BuiltinLayer):
    """Runs a recurrent layer forwards and a copy of it backwards, and merges the outputs.

    `merge_mode` is "concat", "sum", "mul", "ave" or None (both outputs).

    Source: https://keras.io/api/layers/recurrent_layers/bidirectional/
    """

    def __init__(
        self,
        layer: Any,
        merge_mode: str | None = "concat",
        weights: Any = None,
        backward_layer: Layer | None = None,
        **kwargs: Any,
    ) -> None:
        for given in (layer, backward_layer):
            if given is not None and not isinstance(given, Layer):
                raise ValueError(
                    f"Please initialize `Bidirectional` layer with a `Layer` instance. Received: {given}"
                )
        if merge_mode not in ("sum", "mul", "ave", "concat", None):
            raise ValueError(
                f"Invalid merge mode. Received: {merge_mode}. Merge mode should be one of "
                "'sum', 'mul', 'ave', 'concat', None"
            )
        super().__init__(**kwargs)
        self.forward_layer = _copy(layer, "forward", backwards=None)
        if backward_layer is None:
            self.backward_layer = _copy(layer, "backward", backwards=True)
        else:
            self.backward_layer = backward_layer
        self._check_pair()
        for side in (self.forward_layer, self.backward_layer):
            # So that the outputs of dropped steps merge to zeros, as in Keras.
            if hasattr(side, "zero_output_for_mask"):
                side.zero_output_for_mask = side.return_sequences
        self.merge_mode = merge_mode
        self._initial_weights = weights
        self.stateful = layer.stateful
        self.return_sequences = layer.return_sequences
        self.return_state = layer.return_state
        self.supports_masking = True
        self.input_spec = layer.input_spec

    def _check_pair(self) -> None:
        forward, backward = self.forward_layer, self.backward_layer
        if forward.go_backwards == backward.go_backwards:
            raise ValueError(
                "Forward layer and backward layer should have different `go_backwards` value. Received: "
                f"forward_layer.go_backwards={forward.go_backwards}, "
                f"backward_layer.go_backwards={backward.go_backwards}"
            )
        for name in ("stateful", "return_sequences", "return_state"):
            if getattr(forward, name) != getattr(backward, name):
                raise ValueError(
                    f"Forward layer and backward layer are expected to have the same value for attribute {name!r}, "
                    f"got {getattr(forward, name)!r} and {getattr(backward, name)!r}"
                )

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        """Build both layers."""
        for side in (self.forward_layer, self.backward_layer):
            if not side.built:
                side.build(sequences_shape)
                side.built = True
        if self._initial_weights is not None:
            half = len(self._initial_weights) // 2
            self.forward_layer.set_weights(self._initial_weights[:half])
            self.backward_layer.set_weights(self._initial_weights[half:])
        self.built = True

    def call(
        self,
        sequences: Any,
        initial_state: Any = None,
        mask: Any = None,
        training: bool | None = None,
    ) -> Any:
        """Run both ways and merge."""
        states: tuple[Any, Any] = (None, None)
        if initial_state is not None:
            half = len(initial_state) // 2
            states = (initial_state[:half], initial_state[half:])
        results = []
        for side, state in zip((self.forward_layer, self.backward_layer), states, strict=True):
            kwargs: dict[str, Any] = {}
            if side._call_has_training_arg:
                kwargs["training"] = training
            if side._call_has_mask_arg:
                kwargs["mask"] = mask
            if state is not None:
                kwargs["initial_state"] = state
            results.append(side(sequences, **kwargs))
        forward, backward = results
        last: tuple[Any, ...] = ()
        if self.return_state:
            last = (*forward[1:], *backward[1:])
            forward, backward = forward[0], backward[0]
        if self.return_sequences:
            backward = ops.flip(backward, axis=1)
        output = self._merge(forward, backward)
        if not self.return_state:
            return output
        return (*output, *last) if self.merge_mode is None else (output, *last)

    def _merge(self, forward: Any, backward: Any) -> Any:
        if self.merge_mode == "concat":
            return ops.concatenate([forward, backward], axis=-1)
        if self.merge_mode == "sum":
            return forward + backward
        if self.merge_mode == "ave":
            return (forward + backward) / 2
        if self.merge_mode == "mul":
            return forward * backward
        return forward, backward

    def reset_states(self) -> None:
        """Set the states to zero; ``AttributeError`` unless the layer is stateful."""
        if not self.stateful:
            raise AttributeError(f"Layer '{self.name}' must be stateful to have states to reset.")
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    reset_state = reset_states

    @property
    def states(self) -> Any:
        """The states of both layers, None where they keep none."""
        if not self.forward_layer.states:
            return None
        return tuple(self.forward_layer.states) + tuple(self.backward_layer.states)

    @default
    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        """The shape of the outputs, and of the states if they are returned."""
        states = {"initial_state_shape": initial_state_shape} if initial_state_shape else {}
        return Layer.compute_output_shape(self, sequences_shape, **states)

    def compute_mask(self, _: Any, mask: Any) -> Any:
        """The mask of the inputs where all steps are returned; none for states."""
        if isinstance(mask, list):
            mask = mask[0]
        kept = mask if self.return_sequences else None
        output = [kept, kept] if self.merge_mode is None else kept
        if not self.return_state:
            return output
        states = [None] * (2 * len(self.forward_layer.state_size))
        return [*output, *states] if isinstance(output, list) else [output, *states]

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        config = Layer.get_config(self)
        config["merge_mode"] = self.merge_mode
        config["layer"] = saving.serialize_keras_object(self.forward_layer)
        config["backward_layer"] = saving.serialize_keras_object(self.backward_layer)
        return config

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Bidirectional:
        """The layer that `get_config` describes."""
        config = dict(config)
        for name in ("layer", "backward_layer"):
            if config.get(name) is not None:
                config[name] = saving.deserialize_keras_object(
                    config[name], custom_objects=custom_objects
                )
        return cls(**config)


def _copy(layer: Layer, direction: str, backwards: bool | None) -> Any:
    """A layer of the same config, without state, named after its direction."""
    config = saving.serialize_keras_object(layer)
    config["config"]["name"] = f"{direction}_{layer.name.removeprefix(f'{direction}_')}"
    if backwards is not None:
        config["config"]["go_backwards"] = backwards
    # A custom class needs no registration to be copied.
    return saving.deserialize_keras_object(
        config, custom_objects={type(layer).__name__: type(layer)}
    )
