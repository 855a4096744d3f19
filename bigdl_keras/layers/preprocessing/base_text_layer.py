"""The base of the layers that take text."""

from __future__ import annotations

from typing import Any

from bigdl_keras import tree
from bigdl_keras.core.host_stage import is_text, on_host
from bigdl_keras.core.keras_tensor import KerasTensor
from bigdl_keras.core.shape_inference import numpy_dtype
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.preprocessing._texts import as_values


class TextLayer(BuiltinLayer):
    """A layer of text, or of numbers, with text among its inputs or outputs.

    It takes arrays of NumPy's text dtypes and of `str` or `bytes` objects, and lists. In a compiled model
    text is turned into numbers before each step. Subclasses define ``compute(values)``,
    ``compute_output_shape`` and ``output_dtype``.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True
        self.built = True

    def __getstate__(self) -> dict[str, Any]:
        # A copy, in another process say, was called nowhere; the calls lead to all other layers.
        return {**self.__dict__, "_inbound_nodes": [], "_outbound_nodes": []}

    @property
    def output_dtype(self) -> str:
        """The dtype of its outputs."""
        return self.compute_dtype

    def call(self, inputs: Any) -> Any:
        """Compute on arrays at once, on text of a traced step before each step."""
        if is_text(inputs):
            shape = self.compute_output_shape(inputs.shape)
            return on_host(self.compute, inputs, shape, numpy_dtype(self.output_dtype), self.name)
        return self.compute(as_values(inputs))

    def compute(self, values: Any) -> Any:
        """The outputs for an array, or for a traced tensor of numbers."""
        raise NotImplementedError(f"{type(self).__name__} does not implement `compute()`")

    def compute_output_spec(self, inputs: Any) -> Any:
        """The symbolic outputs for symbolic inputs."""
        shapes = tree.map_structure(lambda x: x.shape, inputs)
        return KerasTensor(self.compute_output_shape(shapes), dtype=self.output_dtype)
