"""Layers one after the other, as one layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import saving, tree
from bigdl_keras.core.masks import get_keras_mask
from bigdl_keras.layers.layer import Layer


class Pipeline(Layer):
    """Calls each layer on what the one before returns. Unlike `Sequential` it is no model.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/pipeline/
    """

    def __init__(self, layers: Sequence[Layer], name: str | None = None) -> None:
        super().__init__(name=name)
        self._pipeline_layers = layers
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True

    @property
    def layers(self) -> Sequence[Layer]:
        """The layers in order."""
        return self._pipeline_layers

    def call(self, inputs: Any, training: bool = True, mask: Any = None) -> Any:
        """The output of the last layer."""
        for layer in self._pipeline_layers:
            given: dict[str, Any] = {}
            if layer._call_has_mask_arg:
                given["mask"] = mask
            if layer._call_has_training_arg and training is not None:
                given["training"] = training
            inputs = layer(inputs, **given)
            mask = tree.map_structure(get_keras_mask, inputs)
        return inputs

    def get_config(self) -> dict[str, Any]:
        """The layers' configs and the name."""
        layers = [saving.serialize_keras_object(layer) for layer in self._pipeline_layers]
        return {"layers": layers, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Pipeline:
        """The pipeline that `get_config` described."""
        layers = config.get("layers")
        if not isinstance(layers, (list, tuple)):
            raise ValueError(
                "`Pipeline` config must contain a `layers` key mapping to a list of serialized "
                f"layers. Received config with layers={layers}."
            )
        return cls(**{**config, "layers": [saving.deserialize_keras_object(x) for x in layers]})
