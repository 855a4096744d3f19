"""Nothing, as a layer."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.builtin_layer import BuiltinLayer


class Identity(BuiltinLayer):
    """Returns its inputs.

    Source: https://keras.io/api/layers/core_layers/identity/
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """The inputs."""
        return inputs
