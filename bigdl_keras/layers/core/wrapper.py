"""A layer around another."""

from __future__ import annotations

from typing import Any

from bigdl_keras import saving
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.layer import Layer


class Wrapper(BuiltinLayer):
    """Holds `layer`; a subclass says what it does with it.

    Source: https://keras.io/api/layers/core_layers/wrapper/
    """

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            raise ValueError(
                f"Layer {layer} supplied to {type(self).__name__} isn't a supported layer type."
            )
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape: Any = None) -> None:
        """Build the layer inside."""
        if not self.layer.built:
            self.layer.build(input_shape)
            self.layer.built = True
        self.built = True

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Wrapper:
        """The layer that `get_config` describes."""
        config = dict(config)
        layer = saving.deserialize_keras_object(config.pop("layer"), custom_objects=custom_objects)
        return cls(layer, **config)
