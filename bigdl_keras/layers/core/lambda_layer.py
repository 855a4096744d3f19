"""Any function, as a layer."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from bigdl_keras import tree
from bigdl_keras.core.shape_inference import infer_output_spec
from bigdl_keras.layers.call_spec import shapes_to_tensors
from bigdl_keras.layers.layer import Layer


class Lambda(Layer):
    """Applies `function`.

    A function has no safe form in a file: use one that is registered
    (``saving.register_keras_serializable``). A ``lambda`` can be cloned, but not loaded from a file.

    Source: https://keras.io/api/layers/core_layers/lambda/
    """

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not callable(function):
            raise TypeError(f"Argument `function` must be callable. Received: function={function}")
        self.function = function
        self.arguments = arguments or {}
        self._output_shape = output_shape
        self.mask = mask
        self.supports_masking = mask is not None
        self.built = True

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        """Apply the function."""
        names = inspect.signature(self.function).parameters
        kwargs = dict(self.arguments)
        if "mask" in names:
            kwargs["mask"] = mask
        if "training" in names:
            kwargs["training"] = training
        return self.function(inputs, **kwargs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """What `output_shape` says, else found by tracing the function."""
        if self._output_shape is None:
            inputs = shapes_to_tensors(input_shape, self.compute_dtype)
            return tree.map_structure(lambda x: x.shape, infer_output_spec(self.call, inputs))
        if callable(self._output_shape):
            return self._output_shape(input_shape)
        sizes: list[Any] = []
        tree.map_shape_structure(lambda shape: sizes.append(shape[0]), input_shape)
        return tree.map_shape_structure(lambda shape: (sizes[0], *shape), self._output_shape)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Symbolic outputs; with their dtypes unless `output_shape` says the shapes."""
        if self._output_shape is None:
            return infer_output_spec(self.call, *args, **kwargs)
        return super().compute_output_spec(*args, **kwargs)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The mask given to the constructor."""
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def get_config(self) -> dict[str, Any]:
        """The arguments; functions by their registered names."""
        from bigdl_keras import saving

        return super().get_config() | {
            "function": saving.serialize_keras_object(self.function),
            "output_shape": saving.serialize_keras_object(self._output_shape),
            "mask": saving.serialize_keras_object(self.mask),
            "arguments": saving.serialize_keras_object(self.arguments),
        }

    @classmethod
    def from_config(
        cls,
        config: dict[str, Any],
        custom_objects: dict[str, Any] | None = None,
        safe_mode: bool | None = None,
    ) -> Lambda:
        """The layer that `get_config` describes.

        Raises:
            ValueError: the function is stored as bytecode by another process. It is never run.
        """
        from bigdl_keras import saving
        from bigdl_keras.saving.safe_mode import in_safe_mode

        # A copy made within the process is no file: nobody else can have written its config.
        safe = bool(in_safe_mode() if safe_mode is None else safe_mode)
        read = {
            name: saving.deserialize_keras_object(config.get(name), custom_objects, safe_mode=safe)
            for name in ("function", "output_shape", "mask", "arguments")
        }
        return super().from_config({**config, **read})
