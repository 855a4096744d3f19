"""Any function, as a layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bigdl_keras.layers.layer import Layer


class Lambda(Layer):
    """Applies `function`.

    A function has no safe form in a file: saving works with a function that is registered
    (``saving.register_keras_serializable``), never as bytecode.

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
        self.function = function
        self.arguments = arguments or {}
        self._output_shape = output_shape
        self.mask = mask
        self.supports_masking = mask is not None
        self.built = True

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        """Apply the function."""
        names = self.function.__code__.co_varnames if hasattr(self.function, "__code__") else ()
        kwargs = dict(self.arguments)
        if "mask" in names:
            kwargs["mask"] = mask
        if "training" in names:
            kwargs["training"] = training
        return self.function(inputs, **kwargs)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The mask given to the constructor."""
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def get_config(self) -> dict[str, Any]:
        """The arguments, the function by its registered name.

        Raises:
            ValueError: the function is not registered.
        """
        from bigdl_keras import saving

        if saving.get_registered_name(self.function) == getattr(self.function, "__name__", None):
            raise ValueError(
                f"The function of Lambda layer {self.name!r} cannot be saved: decorate it with "
                "@keras.saving.register_keras_serializable(), or write a Layer subclass."
            )
        return super().get_config() | {
            "function": saving.serialize_keras_object(self.function),
            "output_shape": self._output_shape,
            "arguments": self.arguments,
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
            ValueError: the function is stored as bytecode, which is never run.
        """
        from bigdl_keras import saving

        config = dict(config)
        function = config["function"]
        if isinstance(function, dict) and function.get("class_name") == "__lambda__":
            raise ValueError(
                f"Lambda layer {config.get('name')!r} holds Python bytecode, which is not run. Pass the function in "
                "custom_objects under the layer's name, or save the model with a registered function."
            )
        config["function"] = saving.deserialize_keras_object(
            function, custom_objects=custom_objects
        )
        return cls(**config)
